# frozen_string_literal: true

require "date"
require_relative "errors"
require_relative "memory"

module Amaie
  # A field of the contract: what a value of it must be, and what becomes of it.
  class Field
    # The name in a document, the most characters, to how many a value is cut (nil: one beyond its bound is
    # refused), and whether a record must have it.
    attr_reader :place, :max_length, :cut, :required

    # Return the field of a rule of the contract.
    def self.of(name, rule, redactor)
      TYPES.fetch(rule["type"]).new(name, rule, redactor)
    end

    def initialize(name, rule, redactor)
      @name = name
      @place = -redactor.shown(name)
      @max_length = rule["max_length"]
      @required = rule["required"]
      @redactor = redactor
      @key = redactor.key(name)
    end

    # Return a value as its document has it.
    def kept(value)
      @redactor.value(@key, checked(value))
    end

    private

    # `checked` of each type returns a value that keeps the contract, in its usual spelling.
    def must(holds, reason)
      raise Fault.new(reason, @name) unless holds
    end

    # A moment, kept to the nanosecond.
    class Moment < Field
      FORM = /\A([0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2})(?:[.,]([0-9]{1,9}))?([Zz]|[+-][0-9]{2}:?[0-9]{2})\z/.freeze
      RANGE = (0...9_223_372_036).freeze
      # How our library writes it: the document has it in the same spelling.
      USUAL = /\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{1,9}Z\z/.freeze
      SECOND = 19

      def initialize(name, rule, redactor)
        super
        @place = "@timestamp" if name == "timestamp"
        @seconds = Memory.of { |text| second(text) }
        @existing = Memory.of { |text| second("#{text}Z") }
      end

      # Nothing is left of the text but digits: none of it could be a secret.
      def kept(value)
        checked(value)
      end

      def checked(value)
        must value.is_a?(String), "wrong_type"
        return value if value.match?(USUAL) && @existing[value[0, SECOND]]

        match = FORM.match(value)
        must match, "bad_timestamp"
        fraction = match[2]
        second = @seconds[match[1] + match[3]]
        fraction ? "#{second}.#{fraction}Z" : "#{second}Z"
      end

      private

      # Return a second with its offset as a second of UTC; a log has many lines of each.
      def second(text)
        year, month, day, hour, minute, second = text[0, 19].split(/[^0-9]/).map(&:to_i)
        must year >= 1 && Date.valid_date?(year, month, day), "bad_timestamp"
        must hour <= 23 && minute <= 59 && second <= 59, "bad_timestamp"
        seconds = Time.utc(year, month, day, hour, minute, second).to_i - offset(text[19..])
        must RANGE.cover?(seconds), "out_of_range"
        Time.at(seconds).utc.strftime("%Y-%m-%dT%H:%M:%S")
      end

      def offset(zone)
        return 0 if zone.casecmp?("Z")

        hours = zone[1, 2].to_i
        minutes = zone[-2, 2].to_i
        must hours <= 18 && minutes <= 59, "bad_timestamp"
        (zone.start_with?("+") ? 1 : -1) * (hours * 3600 + minutes * 60)
      end
    end

    # A short text, perhaps one of a few.
    class Keyword < Field
      def initialize(name, rule, redactor)
        super
        @values = rule["values"]
        @spellings = rule["spellings"] || {}
        @known = Memory.of { |text| @redactor.value(@key, checked(text)) } if @key.repeating?
        @plain_id = redactor.plain_id if @key.reading == :identifier
      end

      # Of the words that come again and again it is known what becomes of them; most ids are seen to be ids.
      def kept(value)
        return super unless value.is_a?(String)
        return @known[value] if @known

        @plain_id && value.length <= @max_length && value.match?(@plain_id) ? value : super
      end

      def checked(value)
        must value.is_a?(String), "wrong_type"
        value = listed(value) if @values
        must !(value.empty? && (@required || @name == "event_id")), "wrong_value"
        must value.length <= @max_length, "too_long"
        value
      end

      private

      def listed(value)
        value = value.upcase
        value = @spellings.fetch(value, value)
        must @values.include?(value), "wrong_value"
        value
      end
    end

    # A text; what it has beyond its bound is cut.
    class Text < Field
      def initialize(name, rule, redactor)
        super
        @cut = @max_length
      end

      def checked(value)
        must value.is_a?(String), "wrong_type"
        value
      end
    end

    # A number with a fraction, or the text of one.
    class Decimal < Field
      FORM = /\A[+-]?[0-9]{1,64}(?:\.[0-9]{1,64})?(?:[eE][+-]?[0-9]{1,4})?\z/.freeze

      def checked(value)
        must value.is_a?(Numeric) || (value.is_a?(String) && value.match?(FORM)), "wrong_type"
        must value.to_f.finite?, "out_of_range"
        value
      end
    end

    # A whole number of 64 bits.
    class Long < Field
      RANGE = (-(2**63)...(2**63)).freeze

      def checked(value)
        must value.is_a?(Integer), "wrong_type"
        must RANGE.cover?(value), "out_of_range"
        value
      end
    end

    # True or false.
    class Flag < Field
      def checked(value)
        must true.equal?(value) || false.equal?(value), "wrong_type"
        value
      end
    end

    # An object of any fields.
    class Fields < Field
      def checked(value)
        must value.is_a?(Hash), "wrong_type"
        value
      end
    end

    TYPES = {
      "timestamp" => Moment, "keyword" => Keyword, "text" => Text, "decimal" => Decimal, "long" => Long,
      "boolean" => Flag, "object" => Fields,
    }.freeze
  end
end
