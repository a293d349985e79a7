# frozen_string_literal: true

module Amaie
  # A shape of a secret: its hints, one of which is in every text that has it; its pattern; what else must hold.
  class Shape
    attr_reader :hints

    def initialize(rules, rule, checks)
      @hints = rule["hints"]
      @pattern = Regexp.new(rule["pattern"])
      @check = rule["check"] unless rule["check"].to_s.empty?
      @checks = checks
      @mask = rules["mask"]
      @reread = rules["bounds"]["reread_chars"]
    end

    # Return from where to where secrets of this shape stand in a text.
    def spans(text)
      found = []
      position = 0
      while position <= text.length && (match = @pattern.match(text, position))
        group = match.size > 1 && match[1] ? 1 : 0
        span = @check ? @checks.span(@check, match) : match.offset(group)
        if span && !match[group].include?(@mask)
          found << span
          position = [span[1], match.begin(0) + 1].max
        else
          long = match.end(0) - match.begin(group) > @reread
          position = long ? match.end(0) : [match.begin(group), match.begin(0) + 1].max
        end
      end
      found
    end
  end

  # A set of shapes, of which those are tried whose hints stand in a text.
  class Shapes
    WORD = "A-Za-z0-9+/_=-"

    def initialize(rules, shapes, checks)
      @long = "a" * rules["bounds"]["gate_chars"]
      @digits = Regexp.new("[0-9][0-9 ()-]{#{rules["bounds"]["gate_digits"] - 1}}")
      @hinted = Hash.new { |hinted, hint| hinted[hint] = [] }
      shapes.each do |rule|
        shape = Shape.new(rules, rule, checks)
        shape.hints.each { |hint| @hinted[hint] << shape }
      end
      @unhinted = @hinted.delete("") || []
      @hints = @hinted.keys
    end

    # Return the shapes that a text may have; those without a hint need a long word or many digits.
    def possible(text, lower)
      hints = @hints.select { |hint| lower.include?(hint) }
      gate = (text.length >= @long.length && text.tr(WORD, "a").include?(@long)) || text.match?(@digits)
      shapes = hints.empty? ? [] : @hinted.values_at(*hints).flatten.uniq
      gate ? shapes | @unhinted : shapes
    end
  end
end
