# frozen_string_literal: true

require "bigdecimal"
require "json"
require_relative "errors"

module Amaie
  # Reads a line as strict JSON; src/amaie_ingest/parse.py does the same.
  class Parse
    # What Ruby's parser reads more loosely than JSON: escapes and comments. Nearly no line has any of it.
    LOOSE = %r{\\|/[/*]}.freeze
    ESCAPE = /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\./.freeze
    WRONG_ESCAPE = /(?<!\\)(?:\\\\)*\\[^"\\\/bfnrtu]/.freeze
    STRING = /"(?>(?:[^"\\]|\\.)*)"?/.freeze
    BRACKET = /"(?>(?:[^"\\]|\\.)*)"?|[\[{]|[\]}]/.freeze
    BOM = "\uFEFF"
    # A fraction keeps all its digits: a Float is certain of 15. It goes 100 deep.
    USUAL = JSON::Coder.new(create_additions: false, decimal_class: BigDecimal)
    DEEP = JSON::Coder.new(create_additions: false, decimal_class: BigDecimal, max_nesting: false)

    # Whether a text has what Ruby's parser takes and strict JSON has not: unknown escapes, comments.
    def self.lax?(text)
      return false unless text.match?(LOOSE)

      text.match?(WRONG_ESCAPE) || ((text.include?("//") || text.include?("/*")) && text.gsub(STRING, "").include?("/"))
    end

    def initialize(most_depth)
      @most_depth = most_depth
    end

    # Return the value of a line, or raise Broken. What the quick reading does not take is read with care: only that
    # finds out what is wrong.
    def value(line)
      raise Broken, "invalid_utf8" unless line.valid_encoding?

      line.match?(LOOSE) ? careful(line) : USUAL.load(line)
    rescue JSON::ParserError, EncodingError
      careful(line)
    end

    private

    def careful(line)
      text = line.delete_prefix(BOM)
      text = text.gsub(ESCAPE) { |found| half?(found) ? "\\ufffd" : found } if text.include?("\\u")
      raise Broken, "too_deep" if text.count("[{") > @most_depth && depth(text) > @most_depth
      raise Broken, "invalid_json" if Parse.lax?(text)

      DEEP.load(text)
    rescue JSON::ParserError, EncodingError
      raise Broken, "invalid_json"
    end

    def half?(found)
      found.length == 6 && (found[2] == "d" || found[2] == "D")
    end

    def depth(text)
      deepest = depth = 0
      text.scan(BRACKET) do |found|
        depth += 1 if found == "[" || found == "{"
        depth -= 1 if found == "]" || found == "}"
        deepest = depth if depth > deepest
      end
      deepest
    end
  end
end
