# Runs dead_letter.rb over the dead letters of stdin, one JSON object a line: the document's `fields`, its `id` (null:
# none) and what Elasticsearch `answered`. Prints one object each.
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
$stdin.each_line do |request|
  request = JSON.parse(request)
  event = LogStash::Event.new(request["fields"])
  event.set("[@metadata][id]", request["id"]) if request["id"]
  # As the Elasticsearch output writes it: `inspect` of what was sent, then of what came back.
  sent = ["create", { _id: request["id"] }, request["fields"]]
  event.set(
    "[@metadata][dead_letter_queue][reason]",
    "Could not index event to Elasticsearch. status: 400, action: #{sent.inspect}, response: #{request["answered"].inspect}"
  )
  (letter,) = script.execute(event)
  document = letter.to_hash.transform_values { |value| value.is_a?(LogStash::Timestamp) ? value.to_s : value }
  puts JSON.generate(
    "stream" => letter.get("[@metadata][stream]"), "id" => letter.get("[@metadata][id]"), "document" => document
  )
end
