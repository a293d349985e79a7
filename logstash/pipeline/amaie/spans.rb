# frozen_string_literal: true

module Amaie
  # The masking of a text where something was found in it.
  module Spans
    module_function

    # Return a text with the mask in place of the spans, touching ones as one.
    def masked(text, spans, mask)
      return text if spans.empty?

      parts = []
      last = 0
      spans.sort.each do |from, to|
        parts << text[last...from] << mask if from > last || (from.zero? && last.zero?)
        last = to if to > last
      end
      parts << text[last..]
      parts.join
    end

    # Return a pattern that matches only where it is asked to.
    def here(pattern)
      Regexp.new("\\G(?:#{pattern})")
    end
  end
end
