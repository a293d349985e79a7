# frozen_string_literal: true

require "bigdecimal"
require "time"

module Amaie
  # Puts a record of another writer into the names of the contract; src/amaie_ingest/foreign.py does the same. What
  # cannot be put into them stays as it was, and is checked and redacted as any record is.
  class Foreign
    UNKNOWN = "unknown"
    # Who writes one of these names, and none of another writer, means the contract.
    OURS = %w[service module].freeze
    IDS = %w[trace_id span_id].freeze
    # How far a level of Go's slog is from one with a name: WARN+1.
    STEPS = /[+-][0-9]{1,4}\z/.freeze
    DIGITS = /\A[0-9]{1,19}(?:\.[0-9]{1,9})?\z/.freeze
    NO_ZONE = /\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?\z/.freeze
    DATED = /\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}/.freeze
    # A smaller number is no time (1973) but something that has taken long.
    EARLIEST = 10**8
    # Below a number, a time since the epoch is in seconds, milli-, micro- or nanoseconds; how many ns it has.
    UNITS = [[10**11, 10**9], [10**14, 10**6], [10**17, 10**3], [10**19, 1]].freeze

    def initialize(raw, fields, &parse)
      @rules = raw["foreign"]
      @required = raw["fields"].select { |_, rule| rule["required"] }.keys
      @levels = raw["fields"]["level"]["values"]
      @own = fields.reject { |name, _| name == "extra" || @required.include?(name) }
      @keywords = raw["fields"].select { |_, rule| rule["type"] == "keyword" }
      @parse = parse
    end

    # Return a foreign record in our names, or a value that is none as it is.
    def adopted(value, service)
      return value if !value.is_a?(Hash) || @required.none? { |name| absent?(value[name]) }

      record = unwrapped(Marshal.load(Marshal.dump(value)))
      lacking = missing(record)
      return record if lacking.empty?

      @rules["lift"].each { |name| lift(record, name) }
      before = record.dup
      found = taken(record)
      return value if (found.keys & lacking).empty? && OURS.any? { |name| !record[name].nil? }

      named(record, found, before, service)
      fitted(record)
      record["message"].nil? ? value : record
    end

    private

    def missing(record)
      @required.select { |name| absent?(record[name]) }
    end

    def absent?(value)
      return false if value.is_a?(String)

      value.nil? || value.is_a?(Hash) || value.is_a?(Array)
    end

    def taken(record)
      @rules["names"].each_with_object({}) do |(field, names), found|
        next unless absent?(record[field])

        one = take(record, field, names)
        found[field] = one if one
      end
    end

    def named(record, found, before, service)
      given = found.key?("timestamp") ? found["timestamp"][1] : record["timestamp"]
      said = given.is_a?(String) && !given.empty? ? given : Time.now.utc.strftime("%Y-%m-%dT%H:%M:%S.%6NZ")
      record["timestamp"] = time(given) || said
      under, level = found["level"] || ["level", record["level"]]
      unsaid = found.key?("exception_stacktrace") ? "ERROR" : "INFO"
      record["level"] = level.nil? ? unsaid : level_of(under, level, before)
      found.each { |field, (_, value)| record[field] = text(value) unless %w[timestamp level].include?(field) }
      IDS.each { |field| record[field] = trace_id(record[field]) if record[field].is_a?(String) }
      { "service" => service, "module" => UNKNOWN }.each do |field, usual|
        left = record[field]
        record[field] = usual if absent?(left) || left == ""
        record["#{field}_"] = left if absent?(left) && !left.nil? && !left.empty?
      end
    end

    # Put into `extra` what has the name of a field of ours but not its type; a number as an id is text.
    def fitted(record)
      extra = absent?(record["extra"]) ? {} : { "extra" => record.delete("extra") }
      @own.each do |name, field|
        next if record[name].nil?

        record[name] = record[name].to_s if record[name].is_a?(Integer) && @keywords.key?(name)
        extra[name] = record.delete(name) unless holds?(field, record[name])
      end
      return if extra.empty?

      kept = record.delete("extra")
      record["extra"] = kept.is_a?(Hash) ? extra.merge(kept) : extra
    end

    def holds?(field, value)
      field.checked(value)
      true
    rescue Fault
      false
    end

    # Return what an envelope holds, with the envelope's own names where they are free.
    def unwrapped(record)
      @rules["envelopes"].each do |envelope|
        text = record[envelope["text"]]
        next unless text.is_a?(String) && envelope["beside"].all? { |name| record.key?(name) }

        record.delete(envelope["text"])
        return record.merge(inside(text.sub(/(?<![\r\n])[\r\n]+\z/, "")))
      end
      record
    end

    def inside(text)
      value = text.start_with?("{") ? @parse.call(text) : nil
      value.is_a?(Hash) ? value : { "message" => text }
    rescue Broken
      { "message" => text }
    end

    # Put the members of an object beside it, where their names are free.
    def lift(record, name)
      members = record[name]
      return unless members.is_a?(Hash)

      record.delete(name)
      kept, free = members.partition { |key, _| record.key?(key) }.map(&:to_h)
      record.update(free)
      record[name] = kept unless kept.empty?
    end

    # Take the value of a field out from under the first name that has one; return the name, too.
    def take(record, field, names)
      names.each do |name|
        path = path(record, name)
        next if path.empty?

        *steps, last = path
        holder = steps.empty? ? record : record.dig(*steps)
        next unless fits?(field, holder[last])

        value = holder.delete(last)
        prune(record, steps)
        left = record.delete(field)
        record["#{field}_"] = left unless left.nil? || left.empty?
        return [last, value]
      end
      nil
    end

    # Return the keys that lead to a name; a key may hold dots itself.
    def path(holder, name)
      return [] unless holder.is_a?(Hash)
      return [name] if holder.key?(name)

      name.each_char.with_index do |letter, at|
        next unless letter == "."

        rest = path(holder[name[0, at]], name[(at + 1)..])
        return [name[0, at], *rest] unless rest.empty?
      end
      []
    end

    # Remove the objects on a path that have become empty.
    def prune(record, steps)
      until steps.empty?
        *before, last = steps
        holder = before.empty? ? record : record.dig(*before)
        return unless holder[last].empty?

        holder.delete(last)
        steps = before
      end
    end

    def fits?(field, value)
      case value
      when nil, true, false, Hash then false
      when Array then field == "exception_stacktrace" && value.all?(String)
      else
        field == "timestamp" ? !time(value).nil? : %w[level message].include?(field) || value.is_a?(String)
      end
    end

    def text(value)
      case value
      when Array then value.join
      when BigDecimal then value.to_s("F")
      else value.to_s
      end
    end

    # Return the id of a trace without its 0x; one that is all zeros is none.
    def trace_id(text)
      text.delete("0x").empty? ? nil : text.delete_prefix("0x")
    end

    # Return a time as text, from text or from a number since the epoch; nil if it is none of these.
    def time(value)
      return nil unless value.is_a?(String) || value.is_a?(Numeric)
      if value.is_a?(String) && !value.match?(DIGITS)
        return "#{value}Z" if value.match?(NO_ZONE)

        return value.match?(DATED) ? value : nil
      end

      number = BigDecimal(value.to_s)
      return nil unless number.finite? && number >= EARLIEST && number < UNITS.last[0]

      unit = UNITS.find { |limit, _| number < limit }[1]
      seconds, rest = (number * unit).to_i.divmod(10**9)
      fraction = format("%09d", rest).sub(/(?<!0)0+\z/, "")
      moment = Time.at(seconds).utc.strftime("%Y-%m-%dT%H:%M:%S")
      fraction.empty? ? "#{moment}Z" : "#{moment}.#{fraction}Z"
    end

    # Return a level of ours: by its word, or by its number on the scale of who wrote it.
    def level_of(under, value, record)
      if value.is_a?(String) && !value.match?(DIGITS)
        word = value.upcase.sub(STEPS, "")
        return @levels.include?(word) ? word : @rules["words"].fetch(word, "INFO")
      end
      return "INFO" unless value.is_a?(String) || value.is_a?(Numeric)

      scale = @rules["numbers"].find do |one|
        (one["under"].empty? || one["under"].include?(under)) && one["beside"].all? { |name| record.key?(name) }
      end
      (scale["levels"].find { |top, _| value.to_f <= top } || [nil, "CRITICAL"])[1]
    end
  end
end
