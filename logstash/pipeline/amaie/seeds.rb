# frozen_string_literal: true

require "digest"
require "json"

module Amaie
  # Seed phrases of wallets: runs of BIP-39 words of one language whose checksum is right.
  class Seeds
    # Return the words of all languages: each word's index in each of its languages; read once for all workers.
    def self.words(path)
      @words ||= File.exist?(path) ? indexed(JSON.parse(File.read(path, encoding: "UTF-8"))["lists"]) : {}
    end

    def self.indexed(lists)
      lists.each_with_object({}) do |(language, words), made|
        words.each_with_index { |word, index| (made[word] ||= {})[language] = index }
      end
    end

    attr_reader :sizes

    def initialize(rules, words)
      @words = words
      @word = Regexp.new(rules["patterns"]["seed_word"])
      @sizes, @shortest, @gap, @longest =
        rules["bounds"].values_at("seed_words", "seed_chars", "seed_gap_chars", "seed_run_words")
    end

    def possible?(text)
      return false if text.length < @shortest && text.ascii_only?

      text.downcase.scan(@word).count { |word| known(word) } >= @sizes[0]
    end

    def spans(text)
      found = []
      text.scan(@word) do |word|
        languages = known(word.downcase)
        found << [*$~.offset(0), languages] if languages
      end
      found.flat_map { |*, languages| languages.keys }.uniq.flat_map { |language| of_language(found, language) }
    end

    private

    def known(word)
      @words[word] || (word.ascii_only? ? nil : @words[word.unicode_normalize(:nfc)])
    end

    def of_language(found, language)
      run = []
      spans = []
      found.each do |from, to, languages|
        index = languages[language]
        if index.nil? || (!run.empty? && from - run[-1][1] > @gap)
          spans.concat(phrases(run))
          run = []
        end
        run << [from, to, index] if index
      end
      spans.concat(phrases(run))
    end

    def phrases(run)
      return [[run[0][0], run[-1][1]]] if run.size > @longest

      # Every start is tried: words before a phrase may have a right checksum, too.
      (0..run.size - @sizes[0]).filter_map do |at|
        size = phrase(run[at, @sizes[-1]].map(&:last))
        [run[at][0], run[at + size - 1][1]] if size
      end
    end

    def phrase(indexes)
      @sizes.reverse.find { |count| count <= indexes.size && right?(indexes.first(count), count) }
    end

    def right?(indexes, count)
      number = indexes.inject(0) { |sum, index| sum << 11 | index }
      bits = count / 3
      entropy = [(number >> bits).to_s(16).rjust(bits * 8, "0")].pack("H*")
      Digest::SHA256.digest(entropy).getbyte(0) >> (8 - bits) == number & ((1 << bits) - 1)
    end
  end
end
