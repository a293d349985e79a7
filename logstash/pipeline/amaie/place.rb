# frozen_string_literal: true

require "digest"

module Amaie
  # Where a line comes from: a name for people, its length in bytes there, and an id for a record that brings none.
  class Place
    attr_reader :source, :bytes

    def initialize(source, line)
      @source = source
      @line = line
      @bytes = line.bytesize
    end

    # What comes by no file has no place: equal lines of one source have one id.
    def id
      @id ||= "line-" + Digest::SHA256.hexdigest("#{source}\0".b + @line.b)[0, 40]
    end
  end
end
