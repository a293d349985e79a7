# frozen_string_literal: true

module Amaie
  # The masking of a text where something was found in it.
  class Spans
    # Return a pattern that matches only where it is asked to.
    def self.here(pattern)
      Regexp.new("\\G(?:#{pattern})")
    end

    def initialize(rules)
      @mask = rules["mask"]
      @cut = rules["bounds"]["cut_chars"]
      @rest = Spans.here(rules["patterns"]["rest"])
    end

    # Return a text with the mask in place of the spans, touching ones as one.
    def masked(text, spans)
      return text if spans.empty?

      parts = []
      last = 0
      spans.sort.each do |from, to|
        parts << text[last...from] << @mask if from > last || (from.zero? && last.zero?)
        last = whole(text, from, to) if to > last
      end
      parts << text[last..]
      parts.join
    end

    private

    # Where the word ends in which a long span ends: patterns are bounded, secrets are not.
    def whole(text, from, to)
      return to if to - from < @cut

      rest = text.match(@rest, to - 1)
      rest ? rest.end(0) : to
    end
  end
end
