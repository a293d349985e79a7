# The log contract in Logstash: parses a line, checks it, redacts it a second time, says where it goes.
#
# It does what scripts/ingestlib does in Python; tests/vectors/ holds lines that both must judge alike.
# Everything that a person may change comes from generated/contract.json. Inputs hand over plain lines as
# Latin-1 text (every byte one character), because Logstash's UTF-8 codec writes broken lines to its own log.
require "bigdecimal"
require "date"
require "digest"
require "json"

# Says why a record is rejected.
class Broken < StandardError
  attr_reader :reason, :detail

  def initialize(reason, detail = nil)
    super(reason)
    @reason = reason
    @detail = detail
  end
end

# Masks secrets by the rules of the contract, as amaie_telemetry.redact does.
class Redactor
  NOT_FOLDED = /[^a-z0-9]+/.freeze
  REMEMBERED = 4096

  def initialize(rules, fields)
    @mask = rules["mask"]
    @deny = rules["deny_keys"].to_h { |key| [key, true] }
    @allow = rules["allow_keys"].to_h { |key| [key, true] }
    @endings = rules["deny_endings"]
    @starts = rules["deny_starts"] || []
    @levels = rules["order_book"]["min_levels"]
    @safe = fields.select { |_, rule| rule["redaction"] == "safe" }.to_h { |name, _| [name, true] }
    @shapes = rules["shapes"].map { |shape| [shape["hints"], Regexp.new(shape["pattern"])] }
    @hints = Regexp.union(rules["shapes"].flat_map { |shape| shape["hints"] }.uniq)
    @verdicts = {}
  end

  attr_reader :mask

  def record(record)
    record.to_h { |key, value| [text(key), value(key, value)] }
  end

  def value(key, value)
    case value
    when nil, true, false then value
    else
      return @mask if denied?(key)

      case value
      when String then @safe[key] ? value : text(value)
      when Hash then record(value)
      when Array then side(value) || value.map { |item| value(key, item) }
      else value
      end
    end
  end

  def text(text)
    lower = text.downcase
    return text unless lower.match?(@hints)

    @shapes.each do |hints, pattern|
      text = masked(text, pattern) if hints.any? { |hint| lower.include?(hint) }
    end
    text
  end

  private

  def masked(text, pattern)
    text.gsub(pattern) do
      match = Regexp.last_match
      group = match.size > 1 && match[1] ? 1 : 0
      next match[0] if match[group].include?(@mask)

      from = match.begin(group) - match.begin(0)
      to = match.end(group) - match.begin(0)
      match[0][0...from] + @mask + match[0][to..]
    end
  end

  def denied?(key)
    verdict = @verdicts[key]
    return verdict unless verdict.nil?

    @verdicts.clear if @verdicts.size >= REMEMBERED
    @verdicts[key] = judge(key.downcase.gsub(NOT_FOLDED, ""))
  end

  def judge(folded)
    return false if @allow[folded]

    @deny.key?(folded) || folded.end_with?(*@endings) || (!@starts.empty? && folded.start_with?(*@starts))
  end

  def side(list)
    return nil unless list.size > @levels && level?(list[0])

    { "best" => list[0][0], "levels" => list.size }
  end

  def level?(value)
    value.is_a?(Array) && value.size.between?(2, 4) && value.all? { |item| number?(item) }
  end

  def number?(item)
    return true if item.is_a?(Numeric) || item == true || item == false

    item.is_a?(String) && item.length < 40 && item.sub(".", "").match?(/\A[0-9]+\z/)
  end
end

# Checks one record and arranges the document that it becomes.
class Contract
  TIME = /\A([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]{1,9}))?(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))\z/.freeze
  FIRST = 0
  LAST = 9_223_372_036
  NUMBER = /\A[+-]?[0-9]{1,64}(?:\.[0-9]{1,64})?(?:[eE][+-]?[0-9]{1,4})?\z/.freeze
  LONG = (-(2**63)...(2**63)).freeze
  NEEDS_DECIMAL = /[:,\[][ \t]*-?(?:[0-9.]{17}|[0-9.]+[eE])/.freeze
  ESCAPE = /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\./.freeze
  WRONG_ESCAPE = /(?<!\\)(?:\\\\)*\\[^"\\\/bfnrtu]/.freeze
  STRING = /"(?:[^"\\]|\\.)*"/.freeze
  BRACKET = /"(?:[^"\\]|\\.)*"|[\[{]|[\]}]/.freeze
  BOM = "\uFEFF".freeze
  TOO_DEEP = "[TOO DEEP]".freeze
  TOKEN_MASK = "[MASKED]".freeze
  MARGIN = 1024
  REPLACEMENT = "\uFFFD".freeze

  def initialize(raw)
    @fields = raw["fields"]
    @limits = raw["limits"]
    @required = @fields.select { |_, rule| rule["required"] }.keys
    @checks = @fields.map { |name, rule| [name, rule, method("check_#{rule["type"]}")] }
    @redactor = Redactor.new(raw["redaction"], @fields)
    @token = Regexp.new(raw["redaction"]["unparsed_token"])
  end

  # Return [document, id, reason] of a line: without a reason it keeps the contract.
  def judge(line, source)
    line = line.delete_suffix("\r")
    return unparsed(line, Broken.new("too_large"), source) if line.bytesize > @limits["max_event_bytes"]

    begin
      value = parse(line)
    rescue Broken => broken
      return unparsed(line, broken, source)
    end
    begin
      good = @redactor.record(document(value))
    rescue Broken => broken
      return rejected(value, line, broken, source)
    end
    [good, id(good["event_id"], line, source), nil]
  end

  # Return the rejected document of a line that is no JSON: its beginning, with every possible secret masked.
  def unparsed(line, broken, source)
    limit = @limits["max_rejected_bytes"]
    head = line.byteslice(0, limit + MARGIN).force_encoding("UTF-8").scrub(REPLACEMENT)
    masked = @redactor.text(head).gsub(@token, TOKEN_MASK)
    body = envelope(broken, source, masked.byteslice(0, limit).scrub(""), line.bytesize)
    body["truncated"] = true if line.bytesize > limit
    [body, id(nil, line, source), broken.reason]
  end

  private

  def parse(line)
    raise Broken, "invalid_utf8" unless line.valid_encoding?

    text = line.delete_prefix(BOM)
    text = text.gsub(ESCAPE) { |found| half?(found) ? "\\ufffd" : found } if text.include?("\\u")
    raise Broken, "too_deep" if text.count("[{") > @limits["max_parse_depth"] && depth(text) > @limits["max_parse_depth"]

    raise Broken, "invalid_json" if lax?(text)

    decimal = text.match?(NEEDS_DECIMAL) ? BigDecimal : nil
    JSON.parse(text, max_nesting: false, create_additions: false, decimal_class: decimal)
  rescue JSON::ParserError, EncodingError
    raise Broken, "invalid_json"
  end

  # Ruby's parser takes unknown escapes and comments; strict JSON has neither.
  def lax?(text)
    return true if text.include?("\\") && text.match?(WRONG_ESCAPE)

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

  def document(record)
    raise Broken, "not_an_object" unless record.is_a?(Hash)

    missing = @required.select { |name| record[name].nil? }
    raise Broken.new("missing_field", missing.join(", ")) unless missing.empty?

    checked = {}
    @checks.each do |name, rule, check|
      value = record[name]
      checked[name] = check.call(name, value, rule) unless value.nil?
    end
    arranged(record, checked)
  end

  def arranged(record, checked)
    document = { "@timestamp" => checked["timestamp"] }
    extra = (checked["extra"] || {}).dup
    record.each do |name, value|
      if !@fields.key?(name)
        name += "_" while extra.key?(name)
        extra[name] = value
      elsif name != "timestamp" && name != "extra"
        document[name] = checked[name]
      end
    end
    unless extra.empty?
      @cut = false
      document["extra"] = bounded(extra, 1)
      document["truncated"] = true if @cut
    end
    document
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

  def check_timestamp(name, value, _rule)
    raise Broken.new("wrong_type", name) unless value.is_a?(String)

    match = TIME.match(value)
    raise Broken.new("bad_timestamp", name) unless match

    seconds = seconds_of(match)
    raise Broken.new("bad_timestamp", name) unless seconds
    raise Broken.new("out_of_range", name) unless seconds >= FIRST && seconds < LAST

    moment = Time.at(seconds).utc
    moment.strftime("%Y-%m-%dT%H:%M:%S") + (match[7] ? ".#{match[7]}" : "") + "Z"
  end

  def seconds_of(match)
    year, month, day, hour, minute, second = match.captures.first(6).map(&:to_i)
    return nil if year < 1 || hour > 23 || minute > 59 || second > 59 || !Date.valid_date?(year, month, day)

    seconds = Time.utc(year, month, day, hour, minute, second).to_i
    return seconds unless match[8]

    hours = match[9].to_i
    minutes = match[10].to_i
    return nil if hours > 18 || minutes > 59

    seconds - (match[8] == "+" ? 1 : -1) * (hours * 3600 + minutes * 60)
  end

  def check_keyword(name, value, rule)
    raise Broken.new("wrong_type", name) unless value.is_a?(String)

    values = rule["values"]
    if values
      value = value.upcase
      value = (rule["spellings"] || {}).fetch(value, value)
      raise Broken.new("wrong_value", name) unless values.include?(value)
    end
    raise Broken.new("wrong_value", name) if name == "event_id" && value.empty?
    raise Broken.new("too_long", name) if value.length > rule["max_length"]

    value
  end

  def check_text(name, value, _rule)
    raise Broken.new("wrong_type", name) unless value.is_a?(String)

    value
  end

  def check_decimal(name, value, _rule)
    raise Broken.new("wrong_type", name) unless value.is_a?(Numeric) || (value.is_a?(String) && value.match?(NUMBER))
    raise Broken.new("out_of_range", name) unless value.to_f.finite?

    value
  end

  def check_long(name, value, _rule)
    raise Broken.new("wrong_type", name) unless value.is_a?(Integer)
    raise Broken.new("out_of_range", name) unless LONG.cover?(value)

    value
  end

  def check_boolean(name, value, _rule)
    raise Broken.new("wrong_type", name) unless value == true || value == false

    value
  end

  def check_object(name, value, _rule)
    raise Broken.new("wrong_type", name) unless value.is_a?(Hash)

    value
  end

  def rejected(value, line, broken, source)
    clean = @redactor.value("", value)
    kept = clean.is_a?(Hash) ? clean : {}
    body = envelope(broken, source, dump(clean), line.bytesize)
    %w[service level event_id].each do |name|
      text = kept[name]
      body[name] = text if text.is_a?(String) && !text.empty? && text.length <= @fields[name]["max_length"]
    end
    [body, id(body["event_id"], line, source), broken.reason]
  end

  def envelope(broken, source, text, bytes)
    body = {
      "@timestamp" => nil,
      "reason" => broken.reason,
      "source" => source,
      "record" => text,
      "record_bytes" => bytes,
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

  def id(event_id, line, source)
    return event_id if event_id.is_a?(String) && !event_id.include?(@redactor.mask)

    "line-" + Digest::SHA256.hexdigest("#{source}\0".b + line.b)[0, 40]
  end
end

def register(params)
  raw = JSON.parse(File.read(params["contract"], encoding: "UTF-8"))
  @contract = Contract.new(raw)
end

def filter(event)
  line = event.get("message")
  line = line.to_s unless line.is_a?(String)
  line = line.encode("ISO-8859-1").force_encoding("UTF-8") if event.get("[@metadata][latin1]") && !line.ascii_only?
  return [] if line.valid_encoding? && line.match?(/\A[ \t\r]*\z/)

  source = source_of(event)
  begin
    body, id, reason = @contract.judge(line, source)
  rescue StandardError, SystemStackError => e
    body, id, reason = @contract.unparsed(line, Broken.new("internal_error", e.class.name), source)
  end
  [built(body, id, reason)]
end

def built(body, id, reason)
  moment = body.delete("@timestamp")
  event = LogStash::Event.new(body)
  event.remove("@version")
  event.timestamp = LogStash::Timestamp.new(moment) if moment
  event.set("[@metadata][stream]", reason ? "rejected" : "logs")
  event.set("[@metadata][id]", id)
  event
end

def source_of(event)
  path = event.get("[log][file][path]") || event.get("[@metadata][input]") || "unknown"
  File.basename(path)
end
