# frozen_string_literal: true

require "json"
require_relative "parse"
require_relative "spans"
require_relative "texts"

module Amaie
  # Masks secrets by the rules of the contract: names, sentences, shapes with their checks, order books.
  #
  # It is the second net. The first, in the library, also knows the secrets that a process has registered.
  class Redactor
    ODD = /[\n%\\]/.freeze

    # What a key says about its value: `open` if nothing about it alone.
    Key = Struct.new(:name, :kind, :reading, :book, :open) do
      # Whether its values are words of a small number.
      def repeating?
        open && reading == :safe
      end
    end

    attr_reader :mask

    def initialize(rules, fields, words)
      @mask = rules["mask"]
      @classes = fields.transform_values { |rule| rule["redaction"] }
      @spans = Spans.new(rules)
      @texts = Texts.new(rules, words)
      @books = @texts.books
      @naming, @frames = rules["words"].values_at("name_keys", "auth_frame").map { |list| list.to_h { |word| [word, true] } }
      @sent = rules["words"]["frame_arguments"]
      @named_key = Regexp.new(rules["patterns"]["named_key"])
      @key_bytes = rules["bounds"]["key_bytes"]
      @keys = Memory.of { |name| judged(name) }
      @shown = Memory.of { |name| as_shown(name) }
    end

    # Return what a key says about its value.
    def key(name)
      @keys[name]
    end

    # Return a key as it may be shown.
    def shown(name)
      @shown[name]
    end

    # Return the value of a key without its secrets.
    def value(key, value)
      return value if value.nil? || true.equal?(value) || false.equal?(value)
      return string(key, value) if key.open && value.is_a?(String)

      case key.kind
      when :secret then return denied(value)
      when :person then return @mask unless value.is_a?(Hash) || value.is_a?(Array)
      when :weak
        return denied(value) if (value.is_a?(String) || value.is_a?(Integer)) && @texts.looks.weakly?(key.name, value.to_s)
      end
      case value
      when String then string(key, value)
      when Hash then object(key, value)
      when Array then list(key, value)
      else value
      end
    end

    # Return the pattern of a text that is an id by its form, and nothing else.
    def plain_id
      @texts.plain_id
    end

    def text(text)
      text = json(text)
      @spans.masked(text, @texts.found(text))
    end

    private

    def denied(value)
      value.is_a?(String) && @texts.looks.state?(value) ? value : @mask
    end

    def string(key, value)
      case key.reading
      when :safe, :identifier then identifier(value)
      else text(value)
      end
    end

    def identifier(value)
      return value if value.match?(@texts.plain_id)
      return text(value) if !value.ascii_only? || value.match?(ODD) # no identifier is written so

      @spans.masked(value, @texts.in_identifier(value))
    end

    def as_shown(name)
      shown = name.match?(/\A[0-9]+\z/) ? identifier(name) : text(name)
      shown == name && name.match?(@named_key) ? @mask : shown
    end

    # Return a text that is JSON with its values redacted under their keys.
    def json(text)
      return text if !text.start_with?("{", "[") || !text.end_with?("}", "]") || Parse.lax?(text)

      parsed = JSON.parse(text, max_nesting: 100, create_additions: false)
      redacted = value(key(""), parsed)
      redacted == parsed ? text : JSON.generate(redacted)
    rescue JSON::ParserError, JSON::NestingError, EncodingError
      text
    end

    def object(key, value)
      value = @books.summary(value, key.book) || value
      value = value.merge("value" => @mask) if value.key?("value") && secret_name?(value)
      value = framed(value)
      value.each_with_object({}) { |(name, item), made| made[shown(name)] = value(key(name), item) }
    end

    # A frame that logs in to a stream, without what it sends.
    def framed(value)
      return value unless value.any? { |_, item| item.is_a?(String) && @frames.key?(item.downcase) }

      sent = @sent.select { |name| value[name].is_a?(Array) }.to_h { |name| [name, @mask] }
      sent.empty? ? value : value.merge(sent)
    end

    # Whether an object is a pair of the name of a secret and its value.
    def secret_name?(value)
      _, name = value.find { |one, _| @naming.key?(one) }
      named?(name)
    end

    def named?(name)
      name.is_a?(String) && @texts.names.verdict(name).secret?
    end

    def list(key, value)
      book = @books.summary(value, key.book)
      return book if book
      return @mask if bytes?(value) || phrase?(value)

      value.each_with_object([]) do |item, made|
        before = made.last
        named = named?(before) && !before.include?("=") && !named?(item)
        made << value(named ? key(before) : key, item)
      end
    end

    def phrase?(value)
      @texts.seeds.sizes.include?(value.size) && value.all?(String) && !@texts.seeds.spans(value.join(" ")).empty?
    end

    # Whether a list is a key as bytes.
    def bytes?(value)
      return false unless @key_bytes.include?(value.size) && value.all? { |item| item.is_a?(Integer) && item.between?(0, 255) }

      value.uniq.size * 2 > value.size && value.max > 127
    end

    def judged(name)
      kind = @texts.names.verdict(name).kind
      reading = { "safe" => :safe, "identifier" => :identifier }[@classes[name]] || (kind == :identifier ? :identifier : :text)
      kind = :identifier if %w[safe identifier].include?(@classes[name])
      Key.new(name, kind, reading, @books.named?(name), !%i[secret person weak].include?(kind))
    end
  end
end
