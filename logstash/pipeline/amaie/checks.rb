# frozen_string_literal: true

require_relative "looks"
require_relative "tokens"

module Amaie
  # What must hold for a shape besides its pattern; the rules of amaie_telemetry.redact.checks.
  class Checks
    DECIMAL = /\A[0-9]+\.[0-9]+\z/.freeze
    BROKEN = "\uFFFD"
    BRACKETS = /[\[\]{}]/.freeze

    def initialize(rules, names, looks)
      @names = names
      @looks = looks
      patterns = rules["patterns"]
      @bounds = rules["bounds"]
      @tokens = Tokens.new(rules, names, looks)
      @window, @context = @bounds.values_at("context_chars", "near_chars")
      @cards = Regexp.new("\\A(?:#{patterns["cards"]})\\z")
      @tag, @trading, @last_word, @between, @frame, @column =
        %w[fix_tag trading last_word ids_before frame column].map { |name| Regexp.new(patterns[name]) }
      @card_words, @no_domains = rules["words"].values_at("card", "no_domain").map { |list| list.to_h { |word| [word, true] } }
      @iban = rules["iban_lengths"]
    end

    # Return the span of a match that is the secret, or nil.
    def span(name, match)
      return send(name, match) if %w[built card frame iban phone statement].include?(name)

      group = match.size > 1 ? 1 : 0
      holds?(name, match[group]) ? match.offset(group) : nil
    end

    private

    def holds?(name, word)
      case name
      when "basic" then basic?(word)
      when "bytes" then bytes?(word)
      when "email" then email?(word)
      when "foreign" then !word.ascii_only?
      when "jwt" then jwt?(word)
      when "keylike" then @looks.keylike?(word)
      when "pair" then word.split(":").all? { |one| @looks.random?(one.delete("=")) }
      when "password" then @looks.password?(word) && !@looks.plain?(word)
      when "random" then @looks.random?(word)
      when "signed" then said(word)[0...-1].include?(BROKEN)
      when "told" then !@looks.plain?(word)
      when "token" then @looks.token?(word)
      when "wallet" then wallet?(word)
      else raise ArgumentError, "no check is called #{name}"
      end
    end

    # Whether a name in front of a number says that it is an id, or a FIX tag does.
    def governed?(before)
      before = before[-@window..] || before
      return true if (before[-@bounds["tag_chars"]..] || before).match?(@tag)

      rest = before.sub(@between, "")
      word = (rest[-@context..] || rest)[@last_word]
      word && @names.verdict(word).kind == :identifier
    end

    def card(match)
      found = match[0]
      digits = found.delete("^0-9")
      return nil if !digits.match?(@cards) || digits.each_char.uniq.size < 2 || !luhn?(digits) || found.match?(DECIMAL)

      before = match.pre_match
      near = (before[-@context..] || before).downcase.scan(/\p{Alpha}+/)
      return match.offset(0) if near.any? { |word| @card_words.key?(word) }

      around = "#{before[-@window..] || before}#{found}#{match.post_match[0, @window]}"
      return nil if governed?(before) || (found == digits && (digits.length > @bounds["bare_card_digits"] || around.match?(@trading)))

      match.offset(0)
    end

    def iban(match)
      text = match[0]
      size = @iban[text[0, 2].upcase]
      return nil unless size

      places = (0...text.length).select { |place| text[place].match?(/[A-Za-z0-9]/) }
      return nil if places.size < size

      to = places[size - 1] + 1
      return nil if text[to]&.match?(/[A-Za-z0-9]/)

      iban = text[0, to].delete("^A-Za-z0-9").upcase
      return nil unless (iban[4..] + iban[0, 4]).each_char.map { |char| char.to_i(36) }.join.to_i % 97 == 1

      [match.begin(0), match.begin(0) + to]
    end

    def phone(match)
      group = match.size > 1 ? 1 : 0
      return nil unless match[group].count("0-9").between?(*@bounds["phone_digits"])

      from, to = match.offset(group)
      before = match.string[[0, from - @window].max...from]
      return nil if governed?(before)

      short = match[group].count("0-9") < @bounds["long_phone_digits"] && match[group].match?(/\A\+*[0-9]+\z/)
      short && "#{before}#{match.string[from...(to + @context)]}".match?(@trading) ? nil : [from, to]
    end

    def built(match)
      alone = match[1].length == match.string.length
      @tokens.built?(match[1], alone) && !governed?(match.pre_match) ? match.offset(1) : nil
    end

    # What a frame sends, if the operation in front of it logs in.
    def frame(match)
      before = match.pre_match
      before = before[-@window..] || before
      at = before.rindex(@frame)
      at && !before.match?(BRACKETS, @frame.match(before, at).end(0)) ? match.offset(1) : nil
    end

    # The parameters of a statement of SQL that has a secret's column.
    def statement(match)
      before = match.pre_match
      _, sign, statement = (before[-@bounds["statement_chars"]..] || before).rpartition("[SQL: ")
      return nil if sign.empty?

      statement.scan(@column).any? { |name| @names.verdict(name).secret? } ? match.offset(1) : nil
    end

    def luhn?(digits)
      digits.reverse.each_char.each_with_index.sum do |char, index|
        value = char.to_i * (index.odd? ? 2 : 1)
        value > 9 ? value - 9 : value
      end % 10 == 0
    end

    def basic?(word)
      (word + "=" * (-word.length % 4)).unpack1("m0").include?(":")
    rescue ArgumentError
      false
    end

    def bytes?(word)
      numbers = word.scan(/[0-9]{1,3}/).map(&:to_i).uniq
      (128..255).cover?(numbers.max) && numbers.size > @bounds["key_numbers"]
    end

    def email?(word)
      name, domain = word.sub("%40", "@").split("@", 2)
      name != "git" && !@no_domains.key?(domain.split(".").last.downcase)
    end

    def jwt?(word)
      word.count(".") >= 2 || said(word.split(".").first).include?('"alg"')
    end

    # What a word of base64 says, as far as it has whole groups of letters.
    def said(word)
      word[0, word.length / 4 * 4].tr("-_", "+/").unpack1("m").force_encoding("UTF-8").scrub(BROKEN)
    end

    def wallet?(word)
      Looks.entropy(word) > @bounds["wallet_bits"] && [/[0-9]/, /[A-Z]/, /[a-z]/].all? { |kind| word.match?(kind) }
    end
  end
end
