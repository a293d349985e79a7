# frozen_string_literal: true

# The log contract in Logstash: parses a line, checks it, redacts it a second time, says where it goes.
#
# It does what src/amaie_ingest does in Python; tests/vectors/ holds lines that both must judge alike. The parts
# are in amaie/, one purpose each; everything that a person may change comes from generated/contract.json. Inputs
# hand over plain lines as Latin-1 text (every byte one character), because Logstash's UTF-8 codec writes broken
# lines to its own log; what our shipper has read in files it has judged itself (amaie/envelope.rb).
require "json"
require "timeout"
require_relative "amaie/contract"
require_relative "amaie/envelope"
require_relative "amaie/place"
require_relative "amaie/seeds"

# Bytes of a line that took too long which are kept.
BEGINNING = 512
SHORT = 16_384

def register(params)
  @raw = JSON.parse(File.read(params["contract"], encoding: "UTF-8"))
  @words = Amaie::Seeds.words(File.join(File.dirname(params["contract"]), "seed_words.json"))
  contract # a contract that cannot be used stops Logstash here
end

# Logstash's workers share this script; each gets a contract of its own, so that none waits for another.
def contract
  Thread.current[:amaie_contract] ||= Amaie::Contract.new(@raw, @words)
end

# Whatever fails, what leaves here is a document of ours: Logstash would pass the raw event on.
def filter(event)
  handed = handed_over(event)
  return [handed] if handed

  line, place = arrived(event)
  return [] if line.valid_encoding? && line.match?(/\A[ \t\r]*\z/)

  begin
    body, id, reason = judged(line, place)
  rescue Timeout::Error
    broken = Amaie::Broken.new("internal_error", "took longer than #{format('%g', seconds)} s")
    body, id, reason = Timeout.timeout(seconds) { contract.unparsed(line, broken, place, BEGINNING) }
  rescue StandardError, SystemStackError => e
    body, id, reason = contract.unparsed(line, Amaie::Broken.new("internal_error", e.class.name), place)
  end
  [built(body, id, reason ? "rejected" : "logs")]
rescue StandardError, SystemStackError => e
  [built(*unreadable(event, e))]
end

# Return the document that our shipper has judged. Only by its own door: what looks like one elsewhere, or is not
# whole, is a line like any other.
def handed_over(event)
  return nil unless event.get("[@metadata][origin]") == "files"

  made = Amaie::Envelope.opened(event.get("message"))
  made && built(*made)
rescue StandardError
  nil
end

# What is left to say of an event that not even its masking gets through: nothing of its text.
def unreadable(event, fault)
  text = event.get("message").to_s.b
  body = { "reason" => "internal_error", "detail" => fault.class.name, "source" => "unknown", "record" => "" }
  [body.merge("record_bytes" => text.bytesize), "line-#{Digest::SHA256.hexdigest(text)[0, 40]}", "rejected"]
end

# Return the line and where it comes from. A Beats client may send any metadata: they come before what our inputs
# say, which then is a list and not "yes".
def arrived(event)
  message = event.get("message")
  message = message.to_s unless message.is_a?(String)
  line = event.get("[@metadata][latin1]") == "yes" ? bytes_of(message) : message
  line = line.delete_suffix("\r")
  [line, Amaie::Place.new(source_of(event), line)]
end

# Return the bytes that were taken for characters of Latin-1.
def bytes_of(text)
  text.ascii_only? ? text : text.encode("ISO-8859-1").force_encoding("UTF-8")
rescue EncodingError
  text
end

# Every pattern is linear, so only long lines can take long, and only they pay for a watch.
def judged(line, place)
  return contract.judge(line, place) if line.bytesize <= SHORT

  Timeout.timeout(seconds) { contract.judge(line, place) }
end

def seconds
  @raw["limits"]["max_line_seconds"]
end

def built(body, id, stream)
  moment = body.delete("@timestamp")
  event = LogStash::Event.new(body)
  event.remove("@version")
  event.timestamp = LogStash::Timestamp.new(moment) if moment
  event.set("[@metadata][stream]", stream)
  event.set("[@metadata][id]", id)
  event
end

# The file without its number of rotation, so that a line read again after it has the same name; else the input.
# A client may send anything as the path of its file, and its metadata come before ours.
def source_of(event)
  names = [event.get("[log][file][path]"), Array(event.get("[@metadata][origin]")).last]
  name = names.find { |one| one.is_a?(String) && !one.empty? } || "unknown"
  last = name.rpartition("/").last
  (last[-255..] || last).sub(/(\.jsonl)\.[0-9]+\z/, '\1')
end
