# frozen_string_literal: true

module Amaie
  # What a value looks like: a plain word, a random one, an id; the rules of amaie_telemetry.redact.looks.
  class Looks
    EDGES = /\A[ .,;:!?"'`)(]+|(?<![ .,;:!?"'`)(])[ .,;:!?"'`)(]+\z/.freeze
    SPECIAL = /[!@\#$%^&*+?~]/.freeze

    attr_reader :number, :date, :hex

    def initialize(rules)
      @plain, @state = rules["words"].values_at("plain", "state").map { |list| list.to_h { |word| [word, true] } }
      @endings = rules["words"]["token_endings"]
      @random_chars, @random_bits, @hex_chars, @address_chars, @token_chars, @password_chars, @pin_digits =
        rules["bounds"].values_at("random_chars", "random_bits", "hex_chars", "address_chars", "token_chars", "password_chars", "pin_digits")
      @scrambled_chars, @scrambled_share = rules["bounds"].values_at("scrambled_chars", "scrambled_share")
      @readable = Regexp.new(rules["patterns"]["readable"])
      @mask = rules["mask"]
      @placeholder, @number, @date, @hex, @uuid, @part, @separators =
        %w[placeholder number date hex uuid slug_part separators].map { |name| Regexp.new(rules["patterns"][name]) }
    end

    def self.entropy(text)
      size = text.length.to_f
      -text.each_char.tally.each_value.sum { |count| count / size * Math.log2(count / size) }
    end

    def plain?(value)
      return true if value.include?(@mask)

      word = value.gsub(EDGES, "").downcase
      word.empty? || @plain.key?(word) || value.strip.match?(@placeholder) || path?(value)
    end

    def state?(value)
      word = value.strip.downcase
      word.empty? || value.include?(@mask) || @state.key?(word) || word.match?(@placeholder) || path?(value)
    end

    # Whether a value is the path of a file, in readable words: where a secret is, not what.
    def path?(value)
      value.start_with?("/", "~/", "./", "../") && slug?(value)
    end

    def mixed?(word)
      word.match?(/[0-9]/) && word.match?(/\p{Alpha}/)
    end

    def token?(word)
      return false if !(mixed?(word) || scrambled?(word)) || word.match?(@date) || word.match?(@number)

      Looks.entropy(word) >= [@random_bits, Math.log2(word.length) - 1].min
    end

    # Whether letters alone make a key: small and capital ones, as nobody writes them.
    def scrambled?(word)
      word.length >= @scrambled_chars && word != word.downcase && word != word.upcase && unreadable?(word)
    end

    # Whether a word is not made of words, as CamelCase is.
    def unreadable?(word)
      word.length - word.scan(@readable).sum(&:length) >= @scrambled_share * word.length
    end

    def random?(word)
      return false if word.length < @random_chars || !token?(word) || word.match?(@hex) || word.match?(@uuid)

      !slug?(word)
    end

    def keylike?(word)
      return random?(word) unless word.match?(@hex)

      word.length >= @hex_chars && !(word.length == @address_chars && word.start_with?("0x")) && token?(word)
    end

    # Whether a part between separators is readable: a word, a number, a version.
    def piece?(part)
      part.match?(@part)
    end

    def slug?(word)
      parts = word.split(@separators).reject(&:empty?)
      parts.size > 1 && parts.all? { |part| part.match?(@part) }
    end

    def password?(word)
      return false if word.match?(@number) || word.match?(@date)

      mixed?(word) || word.sub(/(?<![!?])[!?]+\z/, "").match?(SPECIAL)
    end

    # Return whether the value of a name that may be a secret's is one.
    def weakly?(name, value)
      last = name.downcase
      return false if plain?(value)
      return value.match?(/\A[0-9]+\z/) && value.length.between?(*@pin_digits) if last.end_with?("pin")
      return value.length >= @password_chars && password?(value) && !slug?(value) if last.end_with?("pass")
      return false if last.end_with?("code")
      return random?(value) || (value.start_with?("0x") && value.length > @address_chars) if last.sub(/(?<!s)s+\z/, "") == "key" && name != "KEY"
      return true if keylike?(value)

      last.end_with?(*@endings) && (value.match?(@uuid) || (value.length >= @token_chars && short?(value)))
    end

    private

    def short?(value)
      return false if !token?(value) || value.match?(@hex) || value.match?(@uuid)

      value.match?(/\A[\p{Alpha}0-9]+\z/) && value != value.upcase
    end
  end
end
