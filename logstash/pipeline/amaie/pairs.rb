# frozen_string_literal: true

require_relative "names"
require_relative "spans"

module Amaie
  # Names and values in a text, in whatever syntax; the rules of amaie_telemetry.redact.pairs.
  class Pairs
    SIGN, TAG, COMMA, CALL, QUOTED, OPTION, TABLE = (2..8).to_a
    STRONG = [SIGN, TAG, COMMA].freeze

    def initialize(rules, names, looks)
      @names = names
      @looks = looks
      @people, @naming = [rules["pseudonym_keys"], rules["words"]["naming"]].map { |list| list.to_h { |name| [name, true] } }
      @back, @shortest = rules["bounds"].values_at("phrase_chars", "value_chars")
      patterns = rules["patterns"]
      @pair, @before = patterns.values_at("pair", "before_name").map { |pattern| Regexp.new(pattern) }
      @opening, @line, @element, @container, @block, @paired =
        %w[opening line element container block paired_value].map { |name| Spans.here(patterns[name]) }
      @bare = { secret: "unquoted", weak: "unquoted_weak", person: "proper" }.transform_values do |name|
        Spans.here(patterns[name])
      end
      @quoted, @escaped = %w[quoted escaped].map do |name|
        %w[" ' `].to_h { |quote| [quote, Spans.here(patterns[name].gsub("QUOTE", quote))] }
      end
    end

    # Return where values of secrets' names stand; strong: only of names that leave no doubt.
    def spans(text, strong = false)
      found = []
      position = 0
      while position <= text.length && (match = @pair.match(text, position))
        position = match.end(0)
        sign = SIGN
        sign += 1 until match[sign]
        next if sign == OPTION && !match[1].start_with?("-")

        span = span_of(text, match, sign, strong)
        next unless span

        found << span
        position = span[1] if span[1] > position
      end
      found
    end

    private

    def span_of(text, match, sign, strong)
      verdict = verdict(text, match)
      case verdict.kind
      when :other, :about, :identifier then of_pair(text, match, sign)
      else of_name(text, match, sign, verdict, strong)
      end
    end

    def verdict(text, match)
      start = match.begin(0)
      own = @names.verdict(match[1])
      return own if own.kind == :secret || own.kind == :person || start.zero? || text[start - 1] != " "

      before = text[[0, start - @back].max...start][@before]
      before ? @names.phrase(before, match[1]) : own
    end

    def of_name(text, match, sign, verdict, strong)
      return nil if strong && (verdict.kind != :secret || !STRONG.include?(sign))
      return nil if sign == COMMA && value?(text, match)

      from, to, quoted = value(text, match, sign, verdict)
      return of_block(text, match, verdict) unless from

      found = text[from...to]
      return nil if sign == COMMA && (@names.verdict(found).secret? || named?(text, to))

      hit =
        case verdict.kind
        when :weak then @looks.weakly?(match[1], found)
        when :person then !@people.key?(Names.fold(match[1])) && !@looks.plain?(found) && found.length > 1
        else denied?(found, quoted || sign == TAG)
        end
      hit ? [from, to] : nil
    end

    def denied?(value, quoted)
      return false if @looks.plain?(value)
      return false if value.length < @shortest && (value.match?(/\A[0-9]+\z/) || !quoted)

      !(value.include?(".") && value.delete_suffix("%").match?(@looks.number))
    end

    def value(text, match, sign, verdict)
      position = match.end(0)
      if sign == TAG
        return nil unless match.begin(0).positive? && text[match.begin(0) - 1] == "<"

        return open_value(@element, text, position)
      end
      opened = @opening.match(text, position)
      return inside(text, opened) if opened
      return open_value(@line, text, position) if verdict.line

      held = @container.match(text, position) if verdict.kind == :secret
      return [held.begin(1), held.end(1), true] if held

      open_value(@bare[verdict.kind], text, position)
    end

    def open_value(pattern, text, position)
      found = pattern.match(text, position)
      found && [position, found.end(0), false]
    end

    def inside(text, opened)
      start = opened.end(0)
      found = (opened[1].empty? ? @quoted : @escaped)[opened[2]].match(text, start)
      to = found ? found.end(0) : start
      if opened[1].empty? && text[to] != opened[2]
        line = text.index("\n", start)
        to = line if line && line < to
      end
      [start, to, true]
    end

    def of_block(text, match, verdict)
      found = @block.match(text, match.end(0)) if verdict.kind == :secret
      found && @looks.token?(found[1]) ? found.offset(1) : nil
    end

    # The value of `name="API_KEY" value="…"`.
    def of_pair(text, match, sign)
      return nil unless sign == SIGN && @naming.key?(Names.fold(match[1]))

      opened = @opening.match(text, match.end(0))
      return nil unless opened

      from, to, = inside(text, opened)
      found = @paired.match(text, to) if @names.verdict(text[from...to]).secret?
      found && !@looks.plain?(found[1]) ? found.offset(1) : nil
    end

    def value?(text, match)
      before = text[[0, match.begin(0) - 8].max...match.begin(0)].sub(/(?<![brfuBRFU\\"'`])[brfuBRFU\\"'`]+\z/, "").rstrip
      before.end_with?(":", "=", ">")
    end

    def named?(text, to)
      text[to, 12].sub(/\A[\\"'` ]+/, "").start_with?(":", "=")
    end
  end
end
