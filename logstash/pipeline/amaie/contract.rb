# frozen_string_literal: true

require "bigdecimal"
require "json"
require_relative "errors"
require_relative "fields"
require_relative "foreign"
require_relative "parse"
require_relative "redactor"

module Amaie
  # Checks one record and arranges the document that it becomes.
  class Contract
    TOO_DEEP = "[TOO DEEP]".freeze
    TOKEN_MASK = "[MASKED]".freeze
    MARGIN = 1024
    REPLACEMENT = "\uFFFD".freeze

    def initialize(raw, words)
      @limits = raw["limits"]
      @most_bytes = @limits["max_event_bytes"]
      @parse = Parse.new(@limits["max_parse_depth"])
      @required = raw["fields"].select { |_, rule| rule["required"] }.keys
      @redactor = Redactor.new(raw["redaction"], raw["fields"], words)
      @fields = raw["fields"].to_h { |name, rule| [name, Field.of(name, rule, @redactor)] }
      # Ruby's parser makes one string of all equal names: who it is says more quickly than its letters which field.
      @known = @fields.transform_keys(&:-@).compare_by_identity
      @extra = @fields.fetch("extra")
      @token = Regexp.new(raw["redaction"]["unparsed_token"])
      @foreign = Foreign.new(raw, @fields) { |text| @parse.value(text) }
    end

    # Return [document, id, reason] of a line: without a reason it keeps the contract.
    def judge(line, place)
      return unparsed(line, Broken.new("too_large"), place) if place.bytes > @most_bytes

      begin
        value = @parse.value(line)
      rescue Broken => broken
        return unparsed(line, broken, place)
      end
      begin
        good = document(value) || adopted(value, place)
      rescue Broken => broken
        return rejected(value, broken, place)
      end
      [good, id(good["event_id"], place), nil]
    end

    # Return the rejected document of a line that is no JSON: its beginning, with every possible secret masked.
    # Of one that takes too long, `most` bytes are kept.
    def unparsed(line, broken, place, most = @limits["max_rejected_bytes"])
      limit = [most, @limits["max_rejected_bytes"]].min
      head = line.byteslice(0, limit + MARGIN)
      masked = @redactor.text(head.dup.force_encoding("UTF-8").scrub(REPLACEMENT)).gsub(@token, TOKEN_MASK)
      # What the cut has halved may not be known as a secret: it goes, however short masking made what was before.
      keep = head.bytesize < place.bytes ? (masked.bytesize - MARGIN).clamp(0, limit) : limit
      body = envelope(broken, place, masked.byteslice(0, keep).scrub(""))
      body["truncated"] = true if place.bytes > limit
      [body, place.id, broken.reason]
    end

    private

    # Return the document of a record in another writer's names, or say why there is none.
    def adopted(value, place)
      ours = @foreign.adopted(value, place.source[/\A[^.]*/])
      (document(ours) unless ours.equal?(value)) || raise(fault(ours))
    end

    # Return a record's fields, each checked and redacted, in one pass; nil if one is missing or wrong.
    def document(record)
      return nil unless record.is_a?(Hash)

      @cut = false
      document = {}
      extra = unknown = nil
      missing = @required.size
      record.each do |name, value|
        field = @known[name] || @fields[name]
        if field.nil?
          (unknown ||= {})[name] = value
        elsif value.nil?
          document[field.place] = nil unless field.equal?(@extra)
        elsif field.equal?(@extra)
          extra = @extra.checked(value)
        else
          missing -= 1 if field.required
          document[field.place] = kept(field, value)
        end
      end
      return nil if missing.positive?

      with_extra(document, extra || {}, unknown || {}) if extra || unknown
      document["truncated"] = true if @cut
      document
    rescue Fault
      nil
    end

    # Return what is wrong with a record: of several faults the first in the contract's order, whatever its own.
    def fault(record)
      return Broken.new("not_an_object") unless record.is_a?(Hash)

      missing = @required.select { |name| record[name].nil? }
      return Broken.new("missing_field", missing.join(", ")) unless missing.empty?

      @fields.each { |name, field| field.checked(record[name]) unless record[name].nil? }
    rescue Fault => fault
      fault
    end

    # Return a value as its field has it; what a text has beyond its bound is cut, not the record refused.
    def kept(field, value)
      value = field.kept(value)
      most = field.cut
      return value unless most && value.length > most

      @cut = true
      value[0, most]
    end

    def with_extra(document, given, unknown)
      extra = given.dup
      unknown.each do |name, value|
        name += "_" while extra.key?(name)
        extra[name] = value
      end
      document["extra"] = @redactor.value(@redactor.key("extra"), bounded(extra, 1)) unless extra.empty?
    end

    def bounded(value, depth)
      case value
      when Hash, Array
        if depth > @limits["max_depth"]
          @cut = true
          return TOO_DEEP
        end
        return value.map { |item| bounded(item, depth + 1) } if value.is_a?(Array)

        value.each_key do |key|
          raise Broken, "bad_key" if key.empty? || key.length > @limits["max_key_chars"] || key.include?("\0")
        end
        value.transform_values { |item| bounded(item, depth + 1) }
      else value
      end
    end

    def rejected(value, broken, place)
      clean = @redactor.value(@redactor.key(""), value)
      kept = clean.is_a?(Hash) ? clean : {}
      body = envelope(broken, place, dump(clean))
      %w[service level event_id].each do |name|
        text = kept[name]
        body[name] = text if text.is_a?(String) && !text.empty? && text.length <= @fields[name].max_length
      end
      [body, id(body["event_id"], place), broken.reason]
    end

    def envelope(broken, place, text)
      body = {
        "@timestamp" => nil,
        "reason" => broken.reason,
        "source" => place.source,
        "record" => text,
        "record_bytes" => place.bytes,
      }
      body["detail"] = broken.detail if broken.detail
      body
    end

    # JSON of a value; a BigDecimal is written as the number that it was.
    def dump(value)
      case value
      when Hash then "{" + value.map { |key, item| "#{JSON.generate(key)}:#{dump(item)}" }.join(",") + "}"
      when Array then "[" + value.map { |item| dump(item) }.join(",") + "]"
      when BigDecimal then value.to_s
      else JSON.generate(value)
      end
    end

    def id(event_id, place)
      return event_id if event_id.is_a?(String) && !event_id.include?(@redactor.mask)

      place.id
    end
  end
end
