# frozen_string_literal: true

require "bigdecimal"
require "json"
require_relative "errors"
require_relative "fields"
require_relative "foreign"
require_relative "redactor"

module Amaie
  # Checks one record and arranges the document that it becomes.
  class Contract
    # A number that may be too exact for a Float; what begins with a quotation mark is none.
    NEEDS_DECIMAL = /[:,\[](?!")[ \t]*-?[0-9.](?:[0-9.]{16}|[0-9.]*[eE])/.freeze
    ESCAPE = /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\./.freeze
    WRONG_ESCAPE = /(?<!\\)(?:\\\\)*\\[^"\\\/bfnrtu]/.freeze
    STRING = /"(?>(?:[^"\\]|\\.)*)"?/.freeze
    BRACKET = /"(?>(?:[^"\\]|\\.)*)"?|[\[{]|[\]}]/.freeze
    BOM = "\uFEFF".freeze
    TOO_DEEP = "[TOO DEEP]".freeze
    TOKEN_MASK = "[MASKED]".freeze
    MARGIN = 1024
    REPLACEMENT = "\uFFFD".freeze
    # Ruby's parser goes as deep unasked; options make it slower.
    USUAL_DEPTH = 100

    def initialize(raw, words)
      @limits = raw["limits"]
      @most_bytes, @most_depth = @limits.values_at("max_event_bytes", "max_parse_depth")
      @required = raw["fields"].select { |_, rule| rule["required"] }.keys
      @redactor = Redactor.new(raw["redaction"], raw["fields"], words)
      @fields = raw["fields"].to_h { |name, rule| [name, Field.of(name, rule, @redactor)] }
      @extra = @fields.fetch("extra")
      @token = Regexp.new(raw["redaction"]["unparsed_token"])
      @foreign = Foreign.new(raw, @fields) { |text| parse(text) }
    end

    # Return [document, id, reason] of a line: without a reason it keeps the contract.
    def judge(line, place)
      return unparsed(line, Broken.new("too_large"), place) if place.bytes > @most_bytes

      begin
        value = parse(line)
      rescue Broken => broken
        return unparsed(line, broken, place)
      end
      begin
        good = document(@foreign.adopted(value, place.source[/\A[^.]*/]))
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

    def parse(line)
      raise Broken, "invalid_utf8" unless line.valid_encoding?

      text = line.start_with?(BOM) ? line.delete_prefix(BOM) : line
      escaped = text.include?("\\")
      text = text.gsub(ESCAPE) { |found| half?(found) ? "\\ufffd" : found } if escaped && text.include?("\\u")
      brackets = text.count("[{")
      raise Broken, "too_deep" if brackets > @most_depth && depth(text) > @most_depth

      raise Broken, "invalid_json" if lax?(text, escaped)

      exact = text.match?(NEEDS_DECIMAL)
      return JSON.parse(text) if !exact && brackets < USUAL_DEPTH

      JSON.parse(text, max_nesting: false, create_additions: false, decimal_class: exact ? BigDecimal : nil)
    rescue JSON::ParserError, EncodingError
      raise Broken, "invalid_json"
    end

    # Ruby's parser takes unknown escapes and comments; strict JSON has neither.
    def lax?(text, escaped)
      return true if escaped && text.match?(WRONG_ESCAPE)

      (text.include?("//") || text.include?("/*")) && text.gsub(STRING, "").include?("/")
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

    # Return a record's fields, each checked and redacted, in one pass.
    def document(record)
      raise Broken, "not_an_object" unless record.is_a?(Hash)

      if @required.any? { |name| record[name].nil? }
        raise Broken.new("missing_field", @required.select { |name| record[name].nil? }.join(", "))
      end

      @cut = false
      document = { "@timestamp" => nil }
      unknown = {}
      record.each do |name, value|
        field = @fields[name]
        if field.nil?
          unknown[name] = value
        elsif !field.equal?(@extra)
          kept = field.kept(value)
          document[field.place] = field.cut? ? bounded_text(field, kept) : kept
        end
      end
      with_extra(document, record["extra"], unknown)
    rescue Fault
      raise first_fault(record)
    end

    # Of several faults the first in the contract's order is told, whatever the order of the record.
    def first_fault(record)
      @fields.each { |name, field| field.checked(record[name]) unless record[name].nil? }
    rescue Fault => fault
      fault
    end

    def with_extra(document, given, unknown)
      extra = given.nil? ? {} : @extra.checked(given).dup
      unknown.each do |name, value|
        name += "_" while extra.key?(name)
        extra[name] = value
      end
      document["extra"] = @redactor.value(@redactor.key("extra"), bounded(extra, 1)) unless extra.empty?
      document["truncated"] = true if @cut
      document
    end

    # What a text has beyond its bound is cut, not the record refused.
    def bounded_text(field, value)
      return value unless value && value.length > field.max_length

      @cut = true
      value[0, field.max_length]
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
