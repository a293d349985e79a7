# frozen_string_literal: true

module Amaie
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
end
