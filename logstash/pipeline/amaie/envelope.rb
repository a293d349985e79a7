# frozen_string_literal: true

require_relative "parse"

module Amaie
  # What our shipper has judged (src/amaie_ingest/forward.py): `["logs", id, document]`, or `"rejected"`.
  module Envelope
    STREAMS = %w[logs rejected].freeze
    MOMENT = "@timestamp"

    # Return [document, id, stream] of a message; nil of any other one, which is for the contract to judge.
    def self.opened(message)
      return nil unless message.is_a?(String) && message.start_with?('["')

      stream, id, document, *more = Parse::USUAL.load(message)
      [document, id, stream] if more.empty? && STREAMS.include?(stream) && named?(id) && whole?(document)
    rescue JSON::ParserError, EncodingError
      nil
    end

    def self.named?(id)
      id.is_a?(String) && !id.empty?
    end

    def self.whole?(document)
      document.is_a?(Hash) && document[MOMENT].is_a?(String)
    end
    private_class_method :named?, :whole?
  end
end
