# frozen_string_literal: true

# The log contract in Logstash: parses a line, checks it, redacts it a second time, says where it goes.
#
# It does what src/amaie_ingest does in Python; tests/vectors/ holds lines that both must judge alike.
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

# Says which field of a record breaks the contract, and how.
class Fault < Broken
end

# What was found out about a text, kept for a while: the same names come again and again.
module Memory
  ENTRIES = 4096
  LONGEST = 256

  # Return a hash that asks the block for what it does not know.
  def self.of
    Hash.new do |known, text|
      found = yield text
      next found if text.length > LONGEST

      known.clear if known.size >= ENTRIES
      known[text] = found
    end
  end
end

# What must hold for a match besides its pattern; the checks of amaie_telemetry.redact.checks.
module Checks
  DATE = /[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}[T-][0-9]{6}|[0-9]{2}:[0-9]{2}:[0-9]{2}/.freeze
  NUMBER = /\A[+-]?[0-9]+(?:[._][0-9]+)*(?:[eE][+-]?[0-9]+)?\z/.freeze
  HEX = /\A(?:0x)?[0-9a-fA-F]+\z/.freeze
  UUID = /\A[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}\z/.freeze
  IDENTIFIER_BEFORE = /(?<![A-Za-z])(?:(?:client|exchange|parent|trade|order|fill|deal|exec|execution|transaction|txn|tx|request|req|sequence|seq|nonce|update|event|block|batch|job|time|timestamp|ts|epoch|at|offset|cursor|hash|heartbeat)s?|[A-Za-z_]{0,24}(?:id|ids|oid|ref|no|nr|number|time|ts))[^A-Za-z0-9]{0,4}\z/i.freeze
  CARD_BEFORE = /card|visa|amex|credit|debit|payment|(?<![A-Za-z])pan(?![A-Za-z])/i.freeze
  CARDS = /\A(?:4[0-9]{12}(?:[0-9]{3}){0,2}|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}|3[47][0-9]{13}|6(?:011|4[4-9][0-9]|5[0-9]{2})[0-9]{12}|35[0-9]{14}|3(?:0[0-5]|[68][0-9])[0-9]{11}|62[0-9]{14,17}|50[0-9]{14}|5[6-9][0-9]{14})\z/.freeze
  IBAN_LENGTHS = (15..32).freeze

  module_function

  def entropy(text)
    size = text.length.to_f
    -text.each_char.tally.each_value.sum { |count| count / size * Math.log2(count / size) }
  end

  def mixed_characters?(word)
    word.match?(/[0-9]/) && word.match?(/\p{Alpha}/)
  end

  def token(word, _match)
    return false if !mixed_characters?(word) || word.match?(DATE) || word.match?(NUMBER)

    entropy(word) >= [3.0, Math.log2(word.length) - 1].min
  end

  def mixed(word, match)
    token(word, match) && !word.match?(HEX) && !word.match?(UUID)
  end

  def alphanumeric(word, _match)
    entropy(word) > 4.0 && word.match?(/[0-9]/) && word.match?(/[A-Z]/) && word.match?(/[a-z]/)
  end

  def password(word, _match)
    return false if word.match?(NUMBER) || word.match?(DATE)

    mixed_characters?(word) || word.sub(/[!?]+\z/, "").match?(/[!@\#$%^&*+?~]/)
  end

  def basic(word, _match)
    (word + "=" * (-word.length % 4)).unpack1("m0").include?(":")
  rescue ArgumentError
    false
  end

  def luhn(word, match)
    digits = word.delete("^0-9")
    return false if !digits.match?(CARDS) || digits.each_char.uniq.size < 2

    before = match.pre_match[-24..] || match.pre_match
    return false if word == digits && before.match?(IDENTIFIER_BEFORE) && !before.match?(CARD_BEFORE)

    digits.reverse.each_char.each_with_index.sum do |char, index|
      value = char.to_i * (index.odd? ? 2 : 1)
      value > 9 ? value - 9 : value
    end % 10 == 0
  end

  # The second net knows no table of countries: a length that some country has is enough.
  def mod97(word, _match)
    iban = word.delete("^A-Za-z0-9").upcase
    return false unless IBAN_LENGTHS.cover?(iban.length)

    (iban[4..] + iban[0, 4]).each_char.map { |char| char.to_i(36) }.join.to_i % 97 == 1
  end
end

# Order books, recognised by structure: a summary is kept, never the levels.
module Books
  SIDES = { "bids" => "bid", "bid" => "bid", "b" => "bid", "asks" => "ask", "ask" => "ask", "a" => "ask" }.freeze
  PRICES = %w[price p px rate].freeze
  AMOUNTS = %w[amount qty quantity size volume q s a v sz].freeze
  NUMBER = /\A[ \t\r\n]*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[ \t\r\n]*\z/.freeze

  module_function

  def summary(value, levels)
    return side(value, levels) unless value.is_a?(Hash)

    book(value, levels) || side(pairs(value, levels), levels)
  end

  def book(value, levels)
    return nil if value.none? { |key, _| SIDES.key?(key.downcase) }

    found = {}
    rest = {}
    value.each do |key, item|
      name = SIDES[key.downcase]
      one = name && side(pairs(item, levels) || item, levels)
      if one
        found["best_#{name}"] = one["best"]
        found["#{name}_depth"] = one["depth"]
        found["#{name}_levels"] = one["levels"]
      else
        rest[key] = item
      end
    end
    found.empty? ? nil : rest.merge(found)
  end

  def pairs(value, levels)
    return nil unless value.is_a?(Hash) && value.size > levels

    list = value.to_a
    list.first(3).all? { |pair| level?(pair) } ? list : nil
  end

  def side(value, levels)
    return nil unless value.is_a?(Array) && value.size > levels && level?(value[0]) && level?(value[1])

    { "best" => price(value[0]), "depth" => value.inject(0) { |sum, one| sum + amount(one) }, "levels" => value.size }
  end

  def level?(value)
    return PRICES.any? { |key| value.key?(key) } && AMOUNTS.any? { |key| value.key?(key) } if value.is_a?(Hash)

    value.is_a?(Array) && value.size.between?(2, 4) && value.first(2).all? { |item| float(item) }
  end

  def price(level)
    float(level.is_a?(Hash) ? level[PRICES.find { |key| level.key?(key) }] : level[0])
  end

  def amount(level)
    found = level[AMOUNTS.find { |key| level.key?(key) }] if level.is_a?(Hash)
    found = level[1] if level.is_a?(Array)
    float(found) || 0.0
  end

  def float(value)
    return value.to_f if value.is_a?(Numeric)

    value.to_f if value.is_a?(String) && value.length <= 40 && value.match?(NUMBER)
  end
end

# A shape of a secret: its hints, one of which is in every text that has it; its pattern; what else must hold.
class Shape
  attr_reader :hints, :long

  def initialize(rule, mask)
    @hints = rule["hints"]
    @pattern = Regexp.new(rule["pattern"])
    @long = rule["pattern"].include?("{16,")
    @check = Checks.method(rule["check"]) unless rule["check"].to_s.empty?
    @mask = mask
  end

  # Return from where to where secrets of this shape stand in a text.
  def spans(text)
    found = []
    position = 0
    while position <= text.length && (match = @pattern.match(text, position))
      group = match.size > 1 && match[1] ? 1 : 0
      from, to = match.offset(group)
      if !match[group].include?(@mask) && (@check.nil? || @check.call(match[group], match))
        found << [from, to]
        position = [to, match.begin(0) + 1].max
      else
        position = [from, match.begin(0) + 1].max
      end
    end
    found
  end
end

# A set of shapes, and the masking of texts by it.
#
# Most texts have no secret and few have a hint of one. So the hints are looked for first: one by one, which takes
# a fifth of the time that one regular expression of them all takes on the short texts of a log.
class Shapes
  WORD = "A-Za-z0-9+/_=-"
  LONG = "a" * 16
  DIGITS = /[0-9][0-9 ()-]{6}/.freeze

  def initialize(rules, mask)
    @mask = mask
    @hinted = Hash.new { |hinted, hint| hinted[hint] = [] }
    rules.each do |rule|
      shape = Shape.new(rule, mask)
      shape.hints.each { |hint| @hinted[hint] << shape }
    end
    @unhinted = @hinted.delete("") || []
    @hints = @hinted.keys
  end

  def masked(text)
    shapes = possible(text)
    return text if shapes.empty?

    spans = shapes.flat_map { |shape| shape.spans(text) }
    spans.empty? ? text : replaced(text, spans.sort)
  end

  private

  # Return the shapes that a text may have; those without a hint, or with long secrets, need many such characters.
  def possible(text)
    lower = text.downcase
    hints = @hints.select { |hint| lower.include?(hint) }
    gate = (text.length >= LONG.length && text.tr(WORD, "a").include?(LONG)) || text.match?(DIGITS)
    return gate ? @unhinted : [] if hints.empty?

    shapes = @hinted.values_at(*hints).flatten.uniq
    gate ? shapes | @unhinted : shapes.reject(&:long)
  end

  def replaced(text, spans)
    parts = []
    last = 0
    spans.each do |from, to|
      parts << text[last...from] << @mask if from > last || (from.zero? && last.zero?)
      last = to if to > last
    end
    parts << text[last..]
    parts.join
  end
end

# Masks secrets by the rules of the contract: field names, shapes with their checks, order books.
#
# It is the second net. The first, in the library, also undoes disguises (URL encoding, base64, look-alike
# letters), knows registered secrets and seed phrases.
class Redactor
  NOT_FOLDED = /[^a-z0-9]+/.freeze
  LONGEST = 128
  HINTING = /key|secret|token|pass|pwd|auth|sign|cred|seed|phrase|card|pan|phone|tel|mobile|iban|webhook|url/.freeze
  IDENTIFIER = /(?:ids?|oid|uid|uuid|guid|hash|digest|checksum|seq|sequence|nonce|ts|time|timestamp|at|epoch|ms|us|ns|number|cursor|offset|version|symbol|price|amount|qty|quantity|size|volume|address)\z/.freeze
  NAME_KEYS = %w[name key header field].freeze

  # What a key says about its value: whether it is masked as a whole, and how a text is read.
  Key = Struct.new(:name, :masked, :reading)

  attr_reader :mask

  def initialize(rules, fields)
    @mask = rules["mask"]
    @deny, @allow, @people = %w[deny_keys allow_keys pseudonym_keys].map do |name|
      (rules[name] || []).to_h { |key| [key, true] }
    end
    @endings = rules["deny_endings"]
    @starts = rules["deny_starts"] || []
    @levels = rules["order_book"]["min_levels"]
    @classes = fields.transform_values { |rule| rule["redaction"] }
    @shapes = Shapes.new(rules["shapes"], @mask)
    @plain_shapes = Shapes.new(rules["shapes"].select { |shape| shape["identifiers"] }, @mask)
    @keys = Memory.of { |name| judged(name) }
    @shown = Memory.of { |name| (name.match?(/\A[0-9]+\z/) ? @plain_shapes : @shapes).masked(name) }
    @safe = Memory.of { |text| @plain_shapes.masked(text) }
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
    return @mask if key.masked

    case value
    when String then string(key, value)
    when Hash then object(value)
    when Array then list(key, value)
    else value
    end
  end

  def text(text)
    @shapes.masked(text)
  end

  private

  def string(key, value)
    case key.reading
    when :safe then @safe[value]
    when :identifier then @plain_shapes.masked(value)
    when :text then @shapes.masked(value)
    else pair(key.name, value)
    end
  end

  # Mask a value whose key is part of what the shapes look for.
  def pair(name, value)
    redacted = text("#{name}=#{value}")
    redacted.start_with?("#{name}=") ? redacted[(name.length + 1)..] : @mask
  end

  def object(value)
    value = Books.summary(value, @levels) || value
    value = value.merge("value" => @mask) if value.key?("value") && secret_name?(value)
    value.each_with_object({}) { |(name, item), made| made[shown(name)] = value(key(name), item) }
  end

  # Whether an object is a pair of the name of a secret and its value.
  def secret_name?(value)
    name_key = NAME_KEYS.find { |one| value.key?(one) }
    name = name_key && value[name_key]
    name.is_a?(String) && key(name).masked
  end

  def list(key, value)
    book = Books.summary(value, @levels)
    return book if book

    value.each_with_object([]) do |item, made|
      before = made.last
      named = before.is_a?(String) && !before.empty? && !before.include?("=") && key(before).masked
      made << value(named ? key(before) : key, item)
    end
  end

  def judged(name)
    folded = name[0, LONGEST].downcase.gsub(NOT_FOLDED, "")
    denied = !@allow.key?(folded) && (@deny.key?(folded) || folded.end_with?(*@endings) || folded.start_with?(*@starts))
    Key.new(name, denied || @people.key?(folded), reading(name, folded))
  end

  # Return how a text is read: the fields that the contract calls safe have few values, which are remembered;
  # in identifiers only those shapes are looked for that no identifier has.
  def reading(name, folded)
    return :safe if @classes[name] == "safe"
    return :identifier if @classes[name] == "identifier"
    return :pair if folded.match?(HINTING)

    folded.match?(IDENTIFIER) ? :identifier : :text
  end
end

# A field of the contract: what a value of it must be, and what becomes of it.
class Field
  attr_reader :place, :max_length

  # Return the field of a rule of the contract.
  def self.of(name, rule, redactor)
    TYPES.fetch(rule["type"]).new(name, rule, redactor)
  end

  def initialize(name, rule, redactor)
    @name = name
    @place = redactor.shown(name)
    @max_length = rule["max_length"]
    @redactor = redactor
    @key = redactor.key(name)
  end

  # Return a value as its document has it.
  def kept(value)
    value.nil? ? nil : @redactor.value(@key, checked(value))
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

    def initialize(name, rule, redactor)
      super
      @place = "@timestamp" if name == "timestamp"
      @seconds = Memory.of { |text| second(text) }
    end

    # Nothing is left of the text but digits: none of it could be a secret.
    def kept(value)
      value.nil? ? nil : checked(value)
    end

    def checked(value)
      must value.is_a?(String), "wrong_type"
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
    end

    def checked(value)
      must value.is_a?(String), "wrong_type"
      value = listed(value) if @values
      must !(value.empty? && @name == "event_id"), "wrong_value"
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

  # A text of any length.
  class Text < Field
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

# Checks one record and arranges the document that it becomes.
class Contract
  # A number that may be too exact for a Float; what begins with a quotation mark is none.
  NEEDS_DECIMAL = /[:,\[](?!")[ \t]*-?[0-9.](?:[0-9.]{16}|[0-9.]*[eE])/.freeze
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
    @limits = raw["limits"]
    @required = raw["fields"].select { |_, rule| rule["required"] }.keys
    @redactor = Redactor.new(raw["redaction"], raw["fields"])
    @fields = raw["fields"].to_h { |name, rule| [name, Field.of(name, rule, @redactor)] }
    @extra = @fields.fetch("extra")
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
      good = document(value)
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

  # Return a record's fields, each checked and redacted, in one pass.
  def document(record)
    raise Broken, "not_an_object" unless record.is_a?(Hash)

    missing = @required.select { |name| record[name].nil? }
    raise Broken.new("missing_field", missing.join(", ")) unless missing.empty?

    document = { "@timestamp" => nil }
    unknown = {}
    record.each do |name, value|
      field = @fields[name]
      if field.nil?
        unknown[name] = value
      elsif !field.equal?(@extra)
        document[field.place] = field.kept(value)
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
    return document if extra.empty?

    @cut = false
    document["extra"] = @redactor.value(@redactor.key("extra"), bounded(extra, 1))
    document["truncated"] = true if @cut
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

  def rejected(value, line, broken, source)
    clean = @redactor.value(@redactor.key(""), value)
    kept = clean.is_a?(Hash) ? clean : {}
    body = envelope(broken, source, dump(clean), line.bytesize)
    %w[service level event_id].each do |name|
      text = kept[name]
      body[name] = text if text.is_a?(String) && !text.empty? && text.length <= @fields[name].max_length
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
  @raw = JSON.parse(File.read(params["contract"], encoding: "UTF-8"))
  contract # a contract that cannot be used stops Logstash here
end

# Logstash's workers share this script; each gets a contract of its own, so that none waits for another.
def contract
  Thread.current[:amaie_contract] ||= Contract.new(@raw)
end

# Whatever fails, what leaves here is a document of ours: Logstash would pass the raw event on.
def filter(event)
  line = line_of(event)
  return [] if line.valid_encoding? && line.match?(/\A[ \t\r]*\z/)

  source = source_of(event)
  begin
    body, id, reason = contract.judge(line, source)
  rescue StandardError, SystemStackError => e
    body, id, reason = contract.unparsed(line, Broken.new("internal_error", e.class.name), source)
  end
  [built(body, id, reason)]
rescue StandardError, SystemStackError => e
  [built(*unreadable(event, e))]
end

# What is left to say of an event that not even its masking gets through: nothing of its text.
def unreadable(event, fault)
  text = event.get("message").to_s.b
  body = { "reason" => "internal_error", "detail" => fault.class.name, "source" => "unknown", "record" => "" }
  [body.merge("record_bytes" => text.bytesize), "line-#{Digest::SHA256.hexdigest(text)[0, 40]}", "internal_error"]
end

# A Beats client may send any metadata; what our inputs say is "yes" and nothing else.
def line_of(event)
  line = event.get("message")
  line = line.to_s unless line.is_a?(String)
  return line if line.ascii_only? || event.get("[@metadata][latin1]") != "yes"

  line.encode("ISO-8859-1").force_encoding("UTF-8")
rescue EncodingError
  line
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

# The file without its number of rotation, so that a line read again after it has the same name; else the input.
# A client may send anything as the path of its file, and its metadata come before ours.
def source_of(event)
  names = [event.get("[log][file][path]"), Array(event.get("[@metadata][origin]")).last]
  name = names.find { |one| one.is_a?(String) && !one.empty? } || "unknown"
  name[%r{[^/]{1,255}\z}].to_s.sub(/(\.jsonl)\.[0-9]+\z/, '\1')
end
