# frozen_string_literal: true

require_relative "looks"

module Amaie
  # Tokens by their build, whoever gave them out; the rules of amaie_telemetry.redact.tokens.
  class Tokens
    EDGES = /\A[_.-]+|(?<![_.-])[_.-]+\z/.freeze

    def initialize(rules, names, looks)
      @names = names
      @looks = looks
      @digests, @no_id = rules["words"].values_at("digest", "no_id").map { |list| list.to_h { |word| [word, true] } }
      @joint, @part, @uuid, @scattered, @not_base58, @spelt =
        %w[joint prefix_part uuid_within scattered not_base58 spelt].map { |name| Regexp.new(rules["patterns"][name]) }
      @random_chars, @prefixed_chars, @hex_chars, @prefixed_hex_chars =
        rules["bounds"].values_at("random_chars", "prefixed_chars", "hex_chars", "prefixed_hex_chars")
      @mixed_bits, @wild_chars, @plain_chars, @plain_bits =
        rules["bounds"].values_at("mixed_bits", "wild_chars", "plain_chars", "plain_bits")
    end

    # Whether a word is a token by its build; alone, as a field's whole value, its name has judged it.
    def built?(word, alone)
      return false if word.length < @prefixed_chars # nearly every word of a text

      head, body = cut(word.gsub(@uuid, ""))
      shortest = head.size > 1 ? @prefixed_chars : @random_chars
      return false if body.length < shortest || body.match?(@looks.date) || tells?(head)

      cased = body != body.upcase && body != body.downcase
      if body.match?(@looks.hex)
        return !head.empty? && body.length >= (head.size > 1 || cased ? @hex_chars : @prefixed_hex_chars)
      end
      if cased && (body.match?(/[0-9]/) || (!head.empty? && @looks.scrambled?(body)))
        return mixed?(body) && (!head.empty? || (!alone && wild?(body)))
      end

      !head.empty? && plain?(body)
    end

    private

    def cut(word)
      head = []
      start = 0
      word.scan(@joint) do
        from, to = $~.offset(0)
        part = word[start...from]
        break unless part.match?(@part)

        head << part.downcase
        start = to
      end
      said = head.any? { |part| part.match?(/[a-z]{2}/) }
      body = said || head.empty? ? word[start..] : ""
      [said ? head : [], body.gsub(EDGES, "")]
    end

    def tells?(head)
      head.any? do |word|
        @digests.key?(word.sub(/(?<![0-9])[0-9]+\z/, "")) ||
          (!@no_id.key?(word) && %i[identifier about].include?(@names.verdict(word).kind))
      end
    end

    def mixed?(body)
      Looks.entropy(body) >= @mixed_bits && @looks.unreadable?(body) && !@looks.slug?(body)
    end

    def wild?(body)
      body.length >= @wild_chars && body.match?(@not_base58) && body.match?(@scattered) && !body.match?(@spelt)
    end

    def plain?(body)
      pieces = body.split(@joint)
      longest = pieces.none? { |piece| @looks.piece?(piece) } ? pieces.join : pieces.max_by(&:length)
      longest.length >= @plain_chars && Looks.entropy(longest) >= @plain_bits && longest.count("0-9") > 2 &&
        longest.match?(@scattered)
    end
  end
end
