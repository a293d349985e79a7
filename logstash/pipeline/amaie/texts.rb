# frozen_string_literal: true

require_relative "books"
require_relative "booktexts"
require_relative "checks"
require_relative "encoded"
require_relative "looks"
require_relative "memory"
require_relative "names"
require_relative "near"
require_relative "pairs"
require_relative "seeds"
require_relative "shapes"
require_relative "views"

module Amaie
  # All that is looked for in one text, as it is and undisguised; the rules of amaie_telemetry.redact.texts.
  class Texts
    DISGUISE = /[%\\&\n]/.freeze
    # Characters of a text beyond ASCII that are looked at at a time: its places cost a walk from its start.
    WINDOW = 4096
    OVERLAP = 1024

    # `plain_id` is the pattern of a text that is an id by its form, and nothing else.
    attr_reader :names, :looks, :books, :seeds, :plain_id

    def initialize(rules, words)
      @names = Names.new(rules)
      @looks = Looks.new(rules)
      @books = Books.new(rules)
      checks = Checks.new(rules, @names, @looks)
      @hints = rules["name_hints"]
      @pairs = Pairs.new(rules, @names, @looks)
      @near = Near.new(rules, @names, @looks)
      @shapes = Shapes.new(rules, rules["shapes"], checks)
      @plain = Shapes.new(rules, rules["shapes"].select { |shape| shape["identifiers"] }, checks)
      @texts = BookTexts.new(rules, @books)
      @seeds = Seeds.new(rules, words)
      @views = Views.new(rules)
      @encoded = Encoded.new(rules)
      @plain_id, @sign = rules["patterns"].values_at("plain_id", "sign").map { |pattern| Regexp.new(pattern) }
      @depth = rules["bounds"]["encoded_depth"]
      @harmless = Memory.of { |text| nothing?(text) }
    end

    # Return where something stands in a text that must not be written; quick where there is nothing.
    def found(text, depth = 0)
      return [] if @harmless[text.tr("1-9", "0")]
      return windows(text, depth) if text.length > WINDOW && !text.ascii_only?

      all(text, depth)
    end

    # Return the same for an id or symbol: what none has in it.
    def in_identifier(text)
      lower = text.downcase
      found = @plain.possible(text, lower).flat_map { |shape| shape.spans(text) }
      text.match?(@sign) && named?(lower) ? found.concat(@pairs.spans(text, true)) : found
    end

    private

    # Whether nothing can be in a text; digits do not matter, so messages that differ in numbers are alike.
    def nothing?(text)
      lower = text.downcase
      text.ascii_only? && !text.match?(DISGUISE) && !named?(lower) && @shapes.possible(text, lower).empty? &&
        !@texts.possible?(text) && !@seeds.possible?(text)
    end

    def named?(lower)
      !lower.ascii_only? || @hints.any? { |hint| lower.include?(hint) }
    end

    def windows(text, depth)
      (0...text.length).step(WINDOW - OVERLAP).flat_map do |start|
        all(text[start, WINDOW], depth).map { |from, to| [from + start, to + start] }
      end
    end

    def all(text, depth)
      found = direct(text)
      @views.of(text).each do |view|
        direct(view.text).each { |from, to| found << [view.places[from], view.places[to]] }
      end
      return found if depth >= @depth

      found.concat(@encoded.texts(text).reject { |_, inner| found(inner, depth + 1).empty? }.map(&:first))
    end

    def direct(text)
      lower = text.downcase
      found = []
      found.concat(@pairs.spans(text), @near.spans(text)) if named?(lower)
      @shapes.possible(text, lower).each { |shape| found.concat(shape.spans(text)) }
      found.concat(@texts.spans(text))
      found.concat(@seeds.spans(text)) if @seeds.possible?(text)
      found
    end
  end
end
