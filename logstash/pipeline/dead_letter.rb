# A document that Elasticsearch refused becomes a rejected document: reason "refused", detail what it said.
# It went through contract.rb before, so it is redacted already.
require "digest"

# What Elasticsearch answered stands after the document, in Ruby's `inspect`, of which Ruby 3.4 has blanks around the
# arrow. A document cannot look like an answer: `inspect` puts a backslash before its quotation marks.
ANSWER = /response: \{"\w+"\s*=>/.freeze
ERROR_TYPE = /"error"\s*=>\s*\{\s*"type"\s*=>\s*"([a-z_]+)"/.freeze
KEPT = %w[service level event_id].freeze

def register(_params); end

def filter(event)
  said = event.get("[@metadata][dead_letter_queue][reason]").to_s
  fields = event.to_hash.reject { |name, _| name.start_with?("@metadata") || name == "@version" }
  record = LogStash::Json.dump(fields.sort.to_h)
  body = {
    "reason" => "refused",
    "detail" => said.match(ANSWER)&.post_match.to_s[ERROR_TYPE, 1] || "unknown",
    "source" => "dead_letter_queue",
    "record" => record,
    "record_bytes" => record.bytesize,
  }
  KEPT.each { |name| body[name] = fields[name] if fields[name] }
  [rejected(body, event.get("[@metadata][id]") || fields["event_id"], record)]
end

# The id that the document had. Without one the text names it, in an order that no restart changes.
def rejected(body, id, record)
  letter = LogStash::Event.new(body)
  letter.remove("@version")
  letter.set("[@metadata][stream]", "rejected")
  letter.set("[@metadata][id]", id || "line-#{Digest::SHA256.hexdigest(record)[0, 40]}")
  letter
end
