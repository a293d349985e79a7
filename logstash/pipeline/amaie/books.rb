# frozen_string_literal: true

require_relative "names"

module Amaie
  # Order books, recognised by structure: a summary is kept, never the levels; as amaie_telemetry.redact.books.
  class Books
    NUMBER = /\A[ \t\r\n]*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[ \t\r\n]*\z/.freeze

    attr_reader :named_levels

    def initialize(rules)
      words = rules["words"]
      @fewest, @longest_level = rules["bounds"]["level_numbers"]
      @number_chars, @share, @epoch = rules["bounds"].values_at("number_chars", "level_share", "epoch_seconds")
      book = rules["order_book"]
      @most = book["min_levels"]
      @named_levels = book["min_named_levels"]
      @keys = book["keys"].to_h { |key| [key, true] }
      @prices, @amounts = words.values_at("price", "amount").map { |list| list.to_h { |word| [word, true] } }
      @sides = {}
      { "bid" => "side_bid", "ask" => "side_ask" }.each { |side, list| words[list].each { |word| @sides[word] = side } }
    end

    # Whether a key is a book's or a side's.
    def named?(key)
      @keys.key?(Names.fold(key))
    end

    def summary(value, named = false)
      return side(value, named) unless value.is_a?(Hash)

      book(value) || side(value, named)
    end

    # Whether that many levels with these prices and amounts are a side of a book.
    def many?(pairs, named)
      return false if pairs.size < @named_levels || !(named || pairs.size > @most)

      (named && pairs.size > @most) || ordered?(pairs)
    end

    private

    def book(value)
      return nil if value.none? { |key, _| @sides.key?(Names.fold(key)) }

      found = {}
      rest = {}
      value.each do |key, item|
        name = @sides[Names.fold(key)]
        one = name && side(item, key.length > 1)
        if one
          found["best_#{name}"] = one["best"]
          found["#{name}_depth"] = one["depth"]
          found["#{name}_levels"] = one["levels"]
        else
          rest[key] = item
        end
      end
      found.empty? ? nil : rest.merge(found)
    end

    def side(value, named)
      rows = rows(value, named ? @named_levels : @most)
      return nil unless rows

      pairs = rows.map { |row| pair(row) }.compact
      return nil if pairs.size < rows.size * @share || !many?(pairs, named)

      { "best" => pairs[0][0], "depth" => pairs.inject(0) { |sum, one| sum + one[1] }, "levels" => rows.size }
    end

    def rows(value, least)
      value = value.to_a if value.is_a?(Hash) && value.size >= least
      return nil unless value.is_a?(Array) && value.size >= [least, @fewest].max

      value.first(2).all? { |row| pair(row) } ? value : nil
    end

    def pair(level)
      if level.is_a?(Hash)
        price, amount = first(level, @prices), first(level, @amounts)
      elsif level.is_a?(Array) && level.size.between?(@fewest, @longest_level)
        price, amount = float(level[0]), float(level[1])
      end
      price && amount ? [price, amount] : nil
    end

    def first(level, names)
      _, value = level.find { |name, _| names.key?(name.downcase) }
      float(value)
    end

    def ordered?(pairs)
      prices = pairs.map(&:first)
      steps = prices.each_cons(2).map { |before, after| after - before }
      return false unless steps.all?(&:positive?) || steps.all?(&:negative?)
      return false if pairs.any? { |_, amount| amount.negative? }

      counted = (prices[0] == 0 || prices[0] == 1) && steps.all? { |step| step == 1 }
      !counted && !(prices.min >= @epoch && steps[0].positive?)
    end

    def float(value)
      return value.to_f if value.is_a?(Numeric)

      value.to_f if value.is_a?(String) && value.length <= @number_chars && value.match?(NUMBER)
    end
  end
end
