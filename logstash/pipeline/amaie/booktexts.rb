# frozen_string_literal: true

module Amaie
  # Order books written into a text: by repr, as JSON, as a table; as amaie_telemetry.redact.booktexts.
  class BookTexts
    def initialize(rules, books)
      @books = books
      @fewest = books.named_levels
      @back, @head_lines = rules["bounds"].values_at("side_chars", "head_lines")
      patterns = rules["patterns"]
      @level, @number, @side, @price, @amount =
        %w[level level_number level_side level_head level_amount].map { |name| Regexp.new(patterns[name]) }
      @gap, @row = %w[level_gap level_row].map { |name| Regexp.new("\\A(?:#{patterns[name]})\\z") }
    end

    # Whether a text has enough separators for some levels; quick.
    def possible?(text)
      text.count(",") >= @fewest || text.count(":") > @fewest || text.count("\n") >= @fewest
    end

    def spans(text)
      return [] unless possible?(text)

      found = []
      start = to = position = 0
      pairs = []
      while position <= text.length && (match = @level.match(text, position))
        if !pairs.empty? && !text[to...match.begin(0)].match?(@gap)
          found << [start, to] if book?(text, start, pairs)
          pairs = []
        end
        start = match.begin(0) if pairs.empty?
        pairs << pair(match[0])
        to = position = match.end(0)
      end
      found << [start, to] if book?(text, start, pairs)
      found.concat(tables(text))
    end

    private

    def book?(text, start, pairs)
      return false if pairs.size < @fewest

      @books.many?(pairs, text[[0, start - @back].max...start].downcase.match?(@side))
    end

    def pair(level)
      numbers = level.scan(@number).first(2).map(&:to_f)
      numbers.size > 1 ? numbers : [0.0, 0.0]
    end

    def tables(text)
      lower = text.downcase
      return [] unless text.include?("\n") && lower.match?(@price) && lower.match?(@amount)

      found = []
      place = rows = start = 0
      above = []
      text.split("\n", -1).each do |line|
        if line.chomp("\r").match?(@row)
          start = place if rows.zero?
          rows += 1
        elsif rows.zero? || !(line.include?("...") || line.include?("…"))
          found << [start, place - 1] if rows >= @fewest && head?(above)
          above = [] if rows.positive?
          rows = 0
          above = [*above, line.downcase].last(@head_lines)
        end
        place += line.length + 1
      end
      found << [start, text.length] if rows >= @fewest && head?(above)
      found
    end

    def head?(lines)
      head = lines.join(" ")
      head.match?(@price) && head.match?(@amount)
    end
  end
end
