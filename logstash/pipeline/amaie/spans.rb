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
      @mixed = Regexp.new(rules["patterns"]["mixed"])
    end

    # Return a text with the mask in place of the spans, touching ones as one.
    def masked(text, spans)
      return text if spans.empty?

      parts = []
      last = 0
      values = []
      spans.sort.each do |from, to|
        parts << text[last...from] << @mask if from > last || (from.zero? && last.zero?)
        next if to <= last

        values << text[[from, last].max...to]
        last = whole(text, from, to)
      end
      parts << text[last..]
      elsewhere(parts.join, values.uniq)
    end

    private

    # A text without the values that were masked at one of their places only.
    def elsewhere(text, values)
      values.sort_by { |value| -value.length }.inject(text) do |left, value|
        left.include?(value) && value.match?(@mixed) ? left.gsub(value, @mask) : left
      end
    end

    # Where the word ends in which a long span ends: patterns are bounded, secrets are not.
    def whole(text, from, to)
      return to if to - from < @cut

      rest = text.match(@rest, to - 1)
      rest ? rest.end(0) : to
    end
  end
end
