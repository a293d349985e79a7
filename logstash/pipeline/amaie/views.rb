# frozen_string_literal: true

require_relative "memory"

module Amaie
  # The text as a reader downstream would see it, with the way back to its places; as amaie_telemetry.redact.views.
  class Views
    NAMED = { "quot" => '"', "apos" => "'", "amp" => "&", "lt" => "<", "gt" => ">" }.freeze
    LETTERS = { "n" => "\n", "r" => "\r", "t" => "\t" }.freeze
    INVISIBLE = /[\p{Cf}\p{Mn}\p{Me}]/.freeze

    # A changed text; `places` gives for every character where it stands in the original, and the end.
    View = Struct.new(:text, :places)

    def initialize(rules)
      @encoded, @break = rules["patterns"].values_at("encoded", "line_break").map { |pattern| Regexp.new(pattern) }
      @alike = rules["alike"]["from"].each_char.zip(rules["alike"]["to"].each_char).to_h
      @rounds = rules["bounds"]["undo_rounds"]
      @plain = Memory.of { |char| looked_at(char) }
    end

    # Return the readings of a text that differ from it.
    def of(text)
      return [] unless text.match?(@encoded) || text.include?("\n")

      view = View.new(text, (0..text.length).to_a)
      found = []
      @rounds.times do
        break unless view.text.match?(@encoded)

        changed = changed(view, @encoded) { |piece| decoded(piece) }
        break if changed.text == view.text

        found << view = changed
      end
      view.text.include?("\n") ? found + joined(view) : found
    end

    private

    def joined(view)
      all = changed(view, @break) { "" }
      [all] + [0, 1].map do |kept|
        turn = kept
        changed(view, @break) { |piece| (turn += 1).even? ? piece : "" }
      end
    end

    def changed(view, pattern)
      text = +""
      places = []
      last = 0
      view.text.scan(pattern) do
        from, to = $~.offset(0)
        text << view.text[last...from]
        places.concat(view.places[last...from])
        new = yield $~[0]
        text << new
        places.concat([view.places[from]] * new.length)
        last = to
      end
      text << view.text[last..]
      View.new(text, places.concat(view.places[last..]))
    end

    def decoded(found)
      case found[0]
      when "%" then printable(found[1..].to_i(16), found)
      when "\\" then unescaped(found.sub(/\A\\+/, ""), found)
      when "&" then entity(found[1...-1], found)
      else @plain[found]
      end
    end

    def entity(name, found)
      return NAMED[name] if NAMED.key?(name)

      letter(name[1] == "x" ? name[2..].to_i(16) : name[1..].to_i, found)
    end

    def unescaped(letters, found)
      return letter(letters[1..].to_i(16), found) if letters[0] == "u" && letters.length > 1
      return printable(letters[1..].to_i(16), found) if letters[0] == "x" && letters.length > 1

      LETTERS.fetch(letters, letters)
    end

    def letter(code, found)
      return printable(code, found) if code <= 0x7f
      return found if (0xd800..0xdfff).cover?(code)

      @plain[[code].pack("U")]
    end

    def looked_at(char)
      return "" if char.match?(INVISIBLE)

      char.unicode_normalize(:nfkc).each_char.map { |one| @alike.fetch(one, one) }.join
    end

    def printable(code, found)
      code.between?(9, 0x7e) ? code.chr : found
    end
  end
end
