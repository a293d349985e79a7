# frozen_string_literal: true

require_relative "memory"

module Amaie
  # What a name says of its value; the rules of amaie_telemetry.redact.names.
  class Names
    NOT_FOLDED = /[\x00-\/:-`{-\x7f]+/.freeze
    # A number at the end of a name says nothing: key1, key2 … are one name.
    NUMBERED = /(?<=[^0-9])[0-9]+\z/.freeze

    # What follows from a name (:secret, :person, :weak, :identifier, :about, :other), and whether its value is
    # a whole line.
    Verdict = Struct.new(:kind, :line) do
      def secret?
        kind == :secret
      end
    end
    VERDICTS = %i[secret person weak identifier about other].to_h { |kind| [kind, Verdict.new(kind, false).freeze] }.freeze
    LINE = Verdict.new(:secret, true).freeze

    def self.fold(name)
      name.downcase.gsub(NOT_FOLDED, "")
    end

    def initialize(rules)
      @deny, @allow, @people, @lines = %w[deny_keys allow_keys pseudonym_keys line_keys].map { |list| set(rules[list]) }
      @name_chars, @plural_chars, @phrase_words, @short_word =
        rules["bounds"].values_at("name_chars", "plural_chars", "phrase_words", "short_word_chars")
      @endings = rules["deny_endings"]
      @ending_set = set(@endings)
      @starts = rules["deny_starts"]
      @lists = rules["words"].transform_values { |words| set(words) }
      @fused = rules["words"]["fused"]
      @owners = @lists["owner"].transform_keys { |word| singular(word) }
      @qualified, @personal = %w[qualified personal].map { |list| rules[list].transform_values { |words| set(words) } }
      @foreign_endings = rules["words"]["foreign"].reject(&:ascii_only?)
      @word = Regexp.new(rules["patterns"]["word"])
      @verdicts = Memory.of { |name| judged(name) }
    end

    # Return what follows from a name.
    def verdict(name)
      @verdicts[name.sub(NUMBERED, "")]
    end

    # Return what follows from a name in a text, with the words in front of it.
    def phrase(before, name)
      own = verdict(name)
      return own if own.kind == :secret || own.kind == :person

      words = before.split.last(@phrase_words).map { |word| singular(word.downcase) } + cut(name).map { |word| singular(word) }
      words.size < 2 ? own : phrased(words, own)
    end

    private

    def set(words)
      words.to_h { |word| [word, true] }
    end

    def phrased(words, own)
      (2..[words.size, @phrase_words + 1].min).each do |count|
        joined = words.last(count).join
        return VERDICTS[:secret] if @deny.key?(joined) || @ending_set.key?(joined) || foreign?(joined)
      end
      before, last = words.last(2)
      return VERDICTS[:about] if last == "key" && @lists["data_key"].key?(before)

      qualifies?(before, last) ? VERDICTS[:secret] : own
    end

    def judged(name)
      name = name[0, @name_chars]
      folded = Names.fold(name)
      return VERDICTS[:about] if @allow.key?(folded)
      return LINE if @lines.key?(folded)

      [folded, folded.delete_suffix("s")].each do |one|
        return VERDICTS[:secret] if @deny.key?(one) || one.end_with?(*@endings)
      end
      return VERDICTS[:person] if @people.key?(folded)

      words = cut(name)
      found = words.empty? ? VERDICTS[:other] : by_words(words)
      starts = folded.start_with?(*@starts)
      starts && (found.kind == :other || found.kind == :weak) ? VERDICTS[:secret] : found
    end

    def by_words(words)
      last = words.last
      return VERDICTS[:secret] if foreign?(words.join) || foreign?(last)
      return VERDICTS[:person] if personal?(words)
      return VERDICTS[:secret] if @lists["secret"].key?(last)

      secret = words.any? { |word| word.length > @short_word && @lists["secret"].key?(word) }
      pair = (1...words.size).find { |place| qualified?(words[0, place], words[place]) }
      return VERDICTS[:secret] if pair && pair == words.size - 1
      return VERDICTS[:about] if @lists["about"].key?(last)
      return VERDICTS[:identifier] if @lists["identifier"].key?(last)
      return VERDICTS[:secret] if secret || pair

      weak(words)
    end

    def weak(words)
      return VERDICTS[:about] if words.last == "key" && words.size > 1 && @lists["data_key"].key?(words[-2])

      return VERDICTS[:weak] if @lists["weak"].key?(words.last)

      ending = @fused.find { |one| words.last.end_with?(one) }
      return VERDICTS[:other] unless ending

      VERDICTS[@lists["data_key"].key?(words.last.delete_suffix(ending)) ? :about : :weak]
    end

    # Return the words of a name in the singular, without those that say nothing.
    def cut(name)
      words = name.scan(@word).map { |word| singular(word.downcase) }
      words.pop while words.size > 1 && (@lists["dressing"].key?(words.last) || words.last.match?(/\A[0-9]+\z/))
      words
    end

    def qualifies?(before, last)
      (@lists["owned"].key?(last) && @owners.key?(before)) || (@qualified[last] || {}).key?(before)
    end

    def qualified?(before, last)
      return false if last == "key" && @lists["data_key"].key?(before.last)

      @qualified.key?(last) && before.any? { |word| qualifies?(word, last) }
    end

    def personal?(words)
      before = @personal[words.last]
      before && (before.empty? || words[0...-1].any? { |word| before.key?(word) })
    end

    def foreign?(word)
      return @lists["foreign"].key?(word) if word.ascii_only?

      word.end_with?(*@foreign_endings)
    end

    def singular(word)
      word.length >= @plural_chars && word.end_with?("s") && !word.end_with?("ss", "us", "is") ? word[0...-1] : word
    end
  end
end
