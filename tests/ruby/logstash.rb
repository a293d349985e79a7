# A small stand-in for the parts of Logstash that contract.rb uses, faithful where it matters:
# field references, automatic @timestamp and @version, timestamps kept to the nanosecond.
require "date"

module LogStash
  # A moment; its text has three digits at least, and six or nine where they are needed, as in Logstash.
  class Timestamp
    FORM = /\A(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?Z\z/.freeze

    def initialize(text = nil)
      return @text = "2026-01-02T03:04:05.678Z" if text.nil?

      match = FORM.match(text) or raise ArgumentError, "not a timestamp: #{text}"
      raise ArgumentError, "no such day: #{text}" unless Date.valid_date?(*match.captures.first(3).map(&:to_i))

      nanos = (match[7] || "").ljust(9, "0")
      digits = [3, 6, 9].find { |count| nanos[count..].delete("0").empty? }
      @text = text[0, 19] + "." + nanos[0, digits] + "Z"
    end

    def to_s
      @text
    end
  end

  # An event; names like `[log][file][path]` reach into it, `[@metadata]...` never leaves Logstash.
  class Event
    # What names stand for, read once each, as in Logstash.
    PATHS = Hash.new do |known, reference|
      names = reference.start_with?("[") ? reference.scan(/\[([^\]]+)\]/).flatten : [reference]
      known[reference] = names.first == "@metadata" ? names.drop(1) : names
    end

    def initialize(fields = {})
      @metadata = {}
      @fields = { "@timestamp" => Timestamp.new, "@version" => "1" }.merge(fields)
      @cancelled = false
    end

    def get(reference)
      PATHS[reference].reduce(root(reference)) { |here, name| here.is_a?(Hash) ? here[name] : nil }
    end

    def set(reference, value)
      *parents, last = PATHS[reference]
      parents.reduce(root(reference)) { |here, name| here[name] ||= {} }[last] = value
    end

    def remove(reference)
      *parents, last = PATHS[reference]
      here = parents.reduce(root(reference)) { |inner, name| inner.is_a?(Hash) ? inner[name] : nil }
      here&.delete(last)
    end

    def timestamp=(moment)
      raise TypeError, "a LogStash::Timestamp is needed" unless moment.is_a?(Timestamp)

      @fields["@timestamp"] = moment
    end

    def cancel
      @cancelled = true
    end

    def to_hash
      @fields
    end

    private

    def root(reference)
      reference.start_with?("[@metadata]") ? @metadata : @fields
    end
  end
end

# Loads a filter script as Logstash does: its text is evaluated inside an object of its own.
class ScriptContext
  def initialize(path, params)
    instance_eval(File.read(path, encoding: "UTF-8"), path)
    register(params)
  end

  def execute(event)
    filter(event)
  end
end
