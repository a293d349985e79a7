# Runs dead_letter.rb over one dead letter and prints what becomes of it.
require "json"
require_relative "logstash"

module LogStash
  # Logstash's own JSON writer.
  module Json
    def self.dump(value)
      JSON.generate(value.transform_values { |item| item.is_a?(LogStash::Timestamp) ? item.to_s : item })
    end
  end
end

script = ScriptContext.new(ARGV[0], {})
event = LogStash::Event.new(
  "event_id" => "p-1", "service" => "amaie-trader", "level" => "INFO", "message" => "Order placed"
)
event.set(
  "[@metadata][dead_letter_queue][reason]",
  'Could not index event to Elasticsearch. status: 400, action: ["create", {...}], response: {"create"=>' \
  '{"status"=>400, "error"=>{"type"=>"document_parsing_exception", "reason"=>"failed to parse field"}}}'
)
(letter,) = script.execute(event)
document = letter.to_hash.transform_values { |value| value.is_a?(LogStash::Timestamp) ? value.to_s : value }
puts JSON.generate(
  "stream" => letter.get("[@metadata][stream]"), "id" => letter.get("[@metadata][id]"), "document" => document
)
