# frozen_string_literal: true

require_relative "spans"

module Amaie
  # Secrets in sentences: a word, then its value; the rules of amaie_telemetry.redact.near.
  class Near
    def initialize(rules, names, looks)
      @names = names
      @looks = looks
      @passwords = rules["words"]["passwords"].to_h { |word| [word, true] }
      @back = rules["bounds"]["phrase_chars"]
      patterns = rules["patterns"]
      @near = Regexp.new(patterns["near"], Regexp::IGNORECASE)
      @before, @joined = %w[before_name joined].map { |name| Regexp.new(patterns[name]) }
      @following, @told, @plainly =
        %w[following told told_plainly].map { |name| Spans.here("(?i:#{patterns[name]})") }
    end

    def spans(text)
      found = []
      position = 0
      while (match = @near.match(text, position))
        position = match.end(0)
        span = behind(text, match)
        found << span if span
      end
      found
    end

    private

    def behind(text, match)
      word = match[1].downcase
      verdict = verdict(text[[0, match.begin(0) - @back].max...match.begin(0)], word)
      return nil if verdict.kind == :about

      found = @following.match(text, match.end(0))
      return found.offset(1) if found && (verdict.secret? ? @looks.keylike?(found[1]) : @looks.random?(found[1]))

      @passwords.key?(word) ? told(text, match.end(0)) : nil
    end

    # What the word's whole name says (api_key), or the words in front of it.
    def verdict(before, word)
      return @names.verdict("#{before[@joined]}#{word}") if before.end_with?("_", "-")

      @names.phrase(before[@before] || "", word)
    end

    def told(text, position)
      found = @told.match(text, position)
      return found.offset(1) if found && @looks.password?(found[1]) && !@looks.plain?(found[1])

      found = @plainly.match(text, position)
      found && !@looks.plain?(found[1]) ? found.offset(1) : nil
    end
  end
end
