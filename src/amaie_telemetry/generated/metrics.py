# Generated from spec/kpis.yaml by scripts/generate.py. Do not edit: change the spec and run "make generate".
"""The metrics of the spec as typed objects."""

from __future__ import annotations

from typing import Any

from prometheus_client import Counter, Gauge, Histogram

from amaie_telemetry.families import CounterFamily, Family, GaugeFamily, HistogramFamily


class AgentModelInferenceDurationSeconds(HistogramFamily):
    """Time of one inference of the agent's generative model. Unit: seconds."""

    def labels(self, *, model: str) -> Histogram:
        """Return the series of these labels."""
        return self.series((model,))


class AgentPlannerDurationSeconds(HistogramFamily):
    """Time that the planner takes to rank the policies once. Unit: seconds."""

    def labels(self) -> Histogram:
        """Return the series of these labels."""
        return self.series(())


class AgentBeliefEntropyNats(GaugeFamily):
    """Entropy of the agent's belief over the hidden states of the market. Unit: nats."""

    def labels(self) -> Gauge:
        """Return the series of these labels."""
        return self.series(())


class AgentBeliefStates(GaugeFamily):
    """Number of hidden states that the belief is over; of several factors, the product of theirs. Unit: count."""

    def labels(self) -> Gauge:
        """Return the series of these labels."""
        return self.series(())


class AgentExpectedFreeEnergyNats(GaugeFamily):
    """Expected free energy of the policy that the agent follows; lower is better. Unit: nats."""

    def labels(self) -> Gauge:
        """Return the series of these labels."""
        return self.series(())


class AgentPragmaticValueNats(GaugeFamily):
    """Part of the expected free energy that is preference, higher is better; the followed policy's. Unit: nats."""

    def labels(self) -> Gauge:
        """Return the series of these labels."""
        return self.series(())


class AgentEpistemicValueNats(GaugeFamily):
    """Part of the expected free energy that is knowledge to be gained, higher is better; the followed policy's. Unit: nats."""

    def labels(self) -> Gauge:
        """Return the series of these labels."""
        return self.series(())


class AgentPolicyConfidenceRatio(GaugeFamily):
    """Posterior probability of the policy that the agent follows; near 1 it had no doubt. Unit: ratio."""

    def labels(self) -> Gauge:
        """Return the series of these labels."""
        return self.series(())


class AgentPoliciesTotal(CounterFamily):
    """Policies that the planner proposed, rejected ones included. Unit: count."""

    def labels(self) -> Counter:
        """Return the series of these labels."""
        return self.series(())


class AgentPolicyRejectionsTotal(CounterFamily):
    """Proposed policies that were rejected, by reason; risk_limit, stale_data or infeasible. Unit: count."""

    def labels(self, *, reason: str) -> Counter:
        """Return the series of these labels."""
        return self.series((reason,))


class AgentPolicyRetriesTotal(CounterFamily):
    """Times that the planner ran again because a policy was rejected or failed. Unit: count."""

    def labels(self) -> Counter:
        """Return the series of these labels."""
        return self.series(())


class BuildInfo(GaugeFamily):
    """Always 1; its version label tells which build of the service runs. Unit: state."""

    def labels(self, *, version: str) -> Gauge:
        """Return the series of these labels."""
        return self.series((version,))


class ErrorsTotal(CounterFamily):
    """Internal failures to perform a function, by the kind of work that failed. Unit: count."""

    def labels(self, *, kind: str) -> Counter:
        """Return the series of these labels."""
        return self.series((kind,))


class ExchangeRequestDurationSeconds(HistogramFamily):
    """Time of one request to an exchange's API, from sending it to the last byte of the answer. Unit: seconds."""

    def labels(self, *, exchange: str, endpoint: str) -> Histogram:
        """Return the series of these labels."""
        return self.series((exchange, endpoint))


class ExchangeRequestsTotal(CounterFamily):
    """Requests to an exchange's API, by outcome; ok or error. Unit: count."""

    def labels(self, *, exchange: str, outcome: str) -> Counter:
        """Return the series of these labels."""
        return self.series((exchange, outcome))


class IngestIndexedTotal(CounterFamily):
    """Log records that Elasticsearch has acknowledged, known doubles included. Unit: count."""

    def labels(self) -> Counter:
        """Return the series of these labels."""
        return self.series(())


class IngestRejectedTotal(CounterFamily):
    """Log lines that broke the contract and went to the rejected data stream, by reason. Unit: count."""

    def labels(self, *, reason: str) -> Counter:
        """Return the series of these labels."""
        return self.series((reason,))


class IngestRetriesTotal(CounterFamily):
    """Bulk requests that were sent again because Elasticsearch did not accept them. Unit: count."""

    def labels(self) -> Counter:
        """Return the series of these labels."""
        return self.series(())


class IngestConflictsTotal(CounterFamily):
    """Log records that were sent and were in Elasticsearch already; the shipper, Logstash and the gateway count them. Unit: count."""

    def labels(self) -> Counter:
        """Return the series of these labels."""
        return self.series(())


class IngestLagSeconds(GaugeFamily):
    """Age of the oldest log record that has been written but not yet acknowledged; 0 when none waits. Unit: seconds."""

    def labels(self) -> Gauge:
        """Return the series of these labels."""
        return self.series(())


class LogRecordsTotal(CounterFamily):
    """Log records that the service has written to its log file, by level. Unit: count."""

    def labels(self, *, level: str) -> Counter:
        """Return the series of these labels."""
        return self.series((level,))


class LogDroppedTotal(CounterFamily):
    """Log records that were dropped because the queue was full or the file could not be written. Unit: count."""

    def labels(self, *, level: str) -> Counter:
        """Return the series of these labels."""
        return self.series((level,))


class LogRedactionsTotal(CounterFamily):
    """Values that redaction has replaced before they were written. Unit: count."""

    def labels(self) -> Counter:
        """Return the series of these labels."""
        return self.series(())


class LogFailuresTotal(CounterFamily):
    """Log records that could not be formatted or redacted and went out as a minimal line. Unit: count."""

    def labels(self) -> Counter:
        """Return the series of these labels."""
        return self.series(())


class LogHandlerLossesTotal(CounterFamily):
    """Times that other code took the log handler off the root logger; the next record put it back. Unit: count."""

    def labels(self) -> Counter:
        """Return the series of these labels."""
        return self.series(())


class LogQueueDepth(GaugeFamily):
    """Log records that wait to be written to the log file. Unit: count."""

    def labels(self) -> Gauge:
        """Return the series of these labels."""
        return self.series(())


class MarketDataLatencySeconds(HistogramFamily):
    """Time from the exchange's timestamp of a market data message to its arrival. Unit: seconds."""

    def labels(self, *, exchange: str) -> Histogram:
        """Return the series of these labels."""
        return self.series((exchange,))


class QueueSize(GaugeFamily):
    """Entries waiting in a queue, such as pending_orders and market_data. Unit: count."""

    def labels(self, *, queue: str) -> Gauge:
        """Return the series of these labels."""
        return self.series((queue,))


class QueueCapacity(GaugeFamily):
    """Entries that a queue can hold before it refuses or drops. Unit: count."""

    def labels(self, *, queue: str) -> Gauge:
        """Return the series of these labels."""
        return self.series((queue,))


class SafetyEmergencyStop(GaugeFamily):
    """Whether the safety system has stopped trading; 1 is stopped and 0 is trading. Unit: state."""

    def labels(self) -> Gauge:
        """Return the series of these labels."""
        return self.series(())


class ServiceRequestDurationSeconds(HistogramFamily):
    """Time of one request from this service to another one of ours, the peer. Unit: seconds."""

    def labels(self, *, peer: str) -> Histogram:
        """Return the series of these labels."""
        return self.series((peer,))


class TradingEquity(GaugeFamily):
    """Value of the account in the quote currency, open positions included. Unit: money."""

    def labels(self, *, account: str, currency: str) -> Gauge:
        """Return the series of these labels."""
        return self.series((account, currency))


class TradingNetTransfers(GaugeFamily):
    """Deposits minus withdrawals since the account exists, in the quote currency. Unit: money."""

    def labels(self, *, account: str, currency: str) -> Gauge:
        """Return the series of these labels."""
        return self.series((account, currency))


class TradingWealthIndex(GaugeFamily):
    """Time-weighted value of one unit invested at the start; transfers do not move it. Unit: index."""

    def labels(self, *, account: str, currency: str) -> Gauge:
        """Return the series of these labels."""
        return self.series((account, currency))


class TradingGrossProfitTotal(CounterFamily):
    """Sum of the profits of all trades closed with a profit, in the quote currency. Unit: money."""

    def labels(self, *, account: str, currency: str) -> Counter:
        """Return the series of these labels."""
        return self.series((account, currency))


class TradingGrossLossTotal(CounterFamily):
    """Sum of the losses of all trades closed with a loss, as a positive number in the quote currency. Unit: money."""

    def labels(self, *, account: str, currency: str) -> Counter:
        """Return the series of these labels."""
        return self.series((account, currency))


class TradingTradesTotal(CounterFamily):
    """Round trips of a position from flat to flat, by result; win, loss or flat. Unit: count."""

    def labels(self, *, account: str, currency: str, result: str) -> Counter:
        """Return the series of these labels."""
        return self.series((account, currency, result))


class TradingVolumeTotal(CounterFamily):
    """Notional value of all fills, in the quote currency. Unit: money."""

    def labels(self, *, account: str, currency: str) -> Counter:
        """Return the series of these labels."""
        return self.series((account, currency))


class TradingFees(GaugeFamily):
    """Fees paid minus rebates since the account exists, in the quote currency. Unit: money."""

    def labels(self, *, account: str, currency: str) -> Gauge:
        """Return the series of these labels."""
        return self.series((account, currency))


class TradingIncome(GaugeFamily):
    """Received minus paid without a trade since the account exists, by kind; funding, interest, rebate, dividend or other. Unit: money."""

    def labels(self, *, account: str, currency: str, kind: str) -> Gauge:
        """Return the series of these labels."""
        return self.series((account, currency, kind))


class TradingExposure(GaugeFamily):
    """Sum of the sizes of all open positions, long and short, in the quote currency. Unit: money."""

    def labels(self, *, account: str, currency: str) -> Gauge:
        """Return the series of these labels."""
        return self.series((account, currency))


class TradingNetExposure(GaugeFamily):
    """Sum of the sizes of all open positions, short ones below zero, in the quote currency. Unit: money."""

    def labels(self, *, account: str, currency: str) -> Gauge:
        """Return the series of these labels."""
        return self.series((account, currency))


class TradingUnrealised(GaugeFamily):
    """What closing all open positions at their last prices would add, before fees, in the quote currency. Unit: money."""

    def labels(self, *, account: str, currency: str) -> Gauge:
        """Return the series of these labels."""
        return self.series((account, currency))


class TradingOpenPositions(GaugeFamily):
    """Positions that are open. Unit: count."""

    def labels(self, *, account: str, currency: str) -> Gauge:
        """Return the series of these labels."""
        return self.series((account, currency))


class TradingSlippage(GaugeFamily):
    """What fills have cost beyond the prices that they were decided at, since the account exists, in the quote currency. Unit: money."""

    def labels(self, *, account: str, currency: str) -> Gauge:
        """Return the series of these labels."""
        return self.series((account, currency))


class TradingRealised(GaugeFamily):
    """Profit less loss of the trades that a strategy closed in a symbol since the account exists, net of fees, in the quote currency. Unit: money."""

    def labels(self, *, account: str, currency: str, strategy: str, symbol: str) -> Gauge:
        """Return the series of these labels."""
        return self.series((account, currency, strategy, symbol))


class TradingStrategyTradesTotal(CounterFamily):
    """Round trips that a strategy closed in a symbol. Unit: count."""

    def labels(self, *, account: str, currency: str, strategy: str, symbol: str) -> Counter:
        """Return the series of these labels."""
        return self.series((account, currency, strategy, symbol))


class TradingOrdersTotal(CounterFamily):
    """Orders that ended, by outcome; filled, cancelled or rejected. Unit: count."""

    def labels(self, *, account: str, currency: str, outcome: str) -> Counter:
        """Return the series of these labels."""
        return self.series((account, currency, outcome))


class AgentMetrics:
    """Metrics whose names start with amaie_agent_."""

    model_inference_duration_seconds = AgentModelInferenceDurationSeconds(
        "amaie_agent_model_inference_duration_seconds",
        "Time of one inference of the agent's generative model.",
        unit="seconds",
        labels=("model",),
        services=("amaie-core",),
        buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
    )
    planner_duration_seconds = AgentPlannerDurationSeconds(
        "amaie_agent_planner_duration_seconds",
        "Time that the planner takes to rank the policies once.",
        unit="seconds",
        labels=(),
        services=("amaie-core",),
        buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
    )
    belief_entropy_nats = AgentBeliefEntropyNats(
        "amaie_agent_belief_entropy_nats",
        "Entropy of the agent's belief over the hidden states of the market.",
        unit="nats",
        labels=(),
        services=("amaie-core",),
    )
    belief_states = AgentBeliefStates(
        "amaie_agent_belief_states",
        "Number of hidden states that the belief is over; of several factors, the product of theirs.",
        unit="count",
        labels=(),
        services=("amaie-core",),
    )
    expected_free_energy_nats = AgentExpectedFreeEnergyNats(
        "amaie_agent_expected_free_energy_nats",
        "Expected free energy of the policy that the agent follows; lower is better.",
        unit="nats",
        labels=(),
        services=("amaie-core",),
    )
    pragmatic_value_nats = AgentPragmaticValueNats(
        "amaie_agent_pragmatic_value_nats",
        "Part of the expected free energy that is preference, higher is better; the followed policy's.",
        unit="nats",
        labels=(),
        services=("amaie-core",),
    )
    epistemic_value_nats = AgentEpistemicValueNats(
        "amaie_agent_epistemic_value_nats",
        "Part of the expected free energy that is knowledge to be gained, higher is better; the followed policy's.",
        unit="nats",
        labels=(),
        services=("amaie-core",),
    )
    policy_confidence_ratio = AgentPolicyConfidenceRatio(
        "amaie_agent_policy_confidence_ratio",
        "Posterior probability of the policy that the agent follows; near 1 it had no doubt.",
        unit="ratio",
        labels=(),
        services=("amaie-core",),
    )
    policies_total = AgentPoliciesTotal(
        "amaie_agent_policies_total",
        "Policies that the planner proposed, rejected ones included.",
        unit="count",
        labels=(),
        services=("amaie-core",),
    )
    policy_rejections_total = AgentPolicyRejectionsTotal(
        "amaie_agent_policy_rejections_total",
        "Proposed policies that were rejected, by reason; risk_limit, stale_data or infeasible.",
        unit="count",
        labels=("reason",),
        services=("amaie-core",),
    )
    policy_retries_total = AgentPolicyRetriesTotal(
        "amaie_agent_policy_retries_total",
        "Times that the planner ran again because a policy was rejected or failed.",
        unit="count",
        labels=(),
        services=("amaie-core",),
    )


class BuildMetrics:
    """Metrics whose names start with amaie_build_."""

    info = BuildInfo(
        "amaie_build_info",
        "Always 1; its version label tells which build of the service runs.",
        unit="state",
        labels=("version",),
        services=("amaie-core", "amaie-trader", "launcher"),
    )


class ErrorsMetrics:
    """Metrics whose names start with amaie_errors_."""

    total = ErrorsTotal(
        "amaie_errors_total",
        "Internal failures to perform a function, by the kind of work that failed.",
        unit="count",
        labels=("kind",),
        services=("amaie-core", "amaie-trader", "launcher"),
    )


class ExchangeMetrics:
    """Metrics whose names start with amaie_exchange_."""

    request_duration_seconds = ExchangeRequestDurationSeconds(
        "amaie_exchange_request_duration_seconds",
        "Time of one request to an exchange's API, from sending it to the last byte of the answer.",
        unit="seconds",
        labels=("exchange", "endpoint"),
        services=("amaie-trader",),
        buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
    )
    requests_total = ExchangeRequestsTotal(
        "amaie_exchange_requests_total",
        "Requests to an exchange's API, by outcome; ok or error.",
        unit="count",
        labels=("exchange", "outcome"),
        services=("amaie-trader",),
    )


class IngestMetrics:
    """Metrics whose names start with amaie_ingest_."""

    indexed_total = IngestIndexedTotal(
        "amaie_ingest_indexed_total",
        "Log records that Elasticsearch has acknowledged, known doubles included.",
        unit="count",
        labels=(),
        services=("ingest",),
    )
    rejected_total = IngestRejectedTotal(
        "amaie_ingest_rejected_total",
        "Log lines that broke the contract and went to the rejected data stream, by reason.",
        unit="count",
        labels=("reason",),
        services=("ingest",),
    )
    retries_total = IngestRetriesTotal(
        "amaie_ingest_retries_total",
        "Bulk requests that were sent again because Elasticsearch did not accept them.",
        unit="count",
        labels=(),
        services=("ingest",),
    )
    conflicts_total = IngestConflictsTotal(
        "amaie_ingest_conflicts_total",
        "Log records that were sent and were in Elasticsearch already; the shipper, Logstash and the gateway count them.",
        unit="count",
        labels=(),
        services=("ingest",),
    )
    lag_seconds = IngestLagSeconds(
        "amaie_ingest_lag_seconds",
        "Age of the oldest log record that has been written but not yet acknowledged; 0 when none waits.",
        unit="seconds",
        labels=(),
        services=("ingest",),
    )


class LogMetrics:
    """Metrics whose names start with amaie_log_."""

    records_total = LogRecordsTotal(
        "amaie_log_records_total",
        "Log records that the service has written to its log file, by level.",
        unit="count",
        labels=("level",),
        services=("amaie-core", "amaie-trader", "launcher"),
    )
    dropped_total = LogDroppedTotal(
        "amaie_log_dropped_total",
        "Log records that were dropped because the queue was full or the file could not be written.",
        unit="count",
        labels=("level",),
        services=("amaie-core", "amaie-trader", "launcher"),
    )
    redactions_total = LogRedactionsTotal(
        "amaie_log_redactions_total",
        "Values that redaction has replaced before they were written.",
        unit="count",
        labels=(),
        services=("amaie-core", "amaie-trader", "launcher"),
    )
    failures_total = LogFailuresTotal(
        "amaie_log_failures_total",
        "Log records that could not be formatted or redacted and went out as a minimal line.",
        unit="count",
        labels=(),
        services=("amaie-core", "amaie-trader", "launcher"),
    )
    handler_losses_total = LogHandlerLossesTotal(
        "amaie_log_handler_losses_total",
        "Times that other code took the log handler off the root logger; the next record put it back.",
        unit="count",
        labels=(),
        services=("amaie-core", "amaie-trader", "launcher"),
    )
    queue_depth = LogQueueDepth(
        "amaie_log_queue_depth",
        "Log records that wait to be written to the log file.",
        unit="count",
        labels=(),
        services=("amaie-core", "amaie-trader", "launcher"),
    )


class MarketMetrics:
    """Metrics whose names start with amaie_market_."""

    data_latency_seconds = MarketDataLatencySeconds(
        "amaie_market_data_latency_seconds",
        "Time from the exchange's timestamp of a market data message to its arrival.",
        unit="seconds",
        labels=("exchange",),
        services=("amaie-core",),
        buckets=(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5),
    )


class QueueMetrics:
    """Metrics whose names start with amaie_queue_."""

    size = QueueSize(
        "amaie_queue_size",
        "Entries waiting in a queue, such as pending_orders and market_data.",
        unit="count",
        labels=("queue",),
        services=("amaie-core", "amaie-trader"),
    )
    capacity = QueueCapacity(
        "amaie_queue_capacity",
        "Entries that a queue can hold before it refuses or drops.",
        unit="count",
        labels=("queue",),
        services=("amaie-core", "amaie-trader"),
    )


class SafetyMetrics:
    """Metrics whose names start with amaie_safety_."""

    emergency_stop = SafetyEmergencyStop(
        "amaie_safety_emergency_stop",
        "Whether the safety system has stopped trading; 1 is stopped and 0 is trading.",
        unit="state",
        labels=(),
        services=("amaie-trader",),
    )


class ServiceMetrics:
    """Metrics whose names start with amaie_service_."""

    request_duration_seconds = ServiceRequestDurationSeconds(
        "amaie_service_request_duration_seconds",
        "Time of one request from this service to another one of ours, the peer.",
        unit="seconds",
        labels=("peer",),
        services=("amaie-core", "amaie-trader", "launcher"),
        buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0),
    )


class TradingMetrics:
    """Metrics whose names start with amaie_trading_."""

    equity = TradingEquity(
        "amaie_trading_equity",
        "Value of the account in the quote currency, open positions included.",
        unit="money",
        labels=("account", "currency"),
        services=("amaie-trader",),
    )
    net_transfers = TradingNetTransfers(
        "amaie_trading_net_transfers",
        "Deposits minus withdrawals since the account exists, in the quote currency.",
        unit="money",
        labels=("account", "currency"),
        services=("amaie-trader",),
    )
    wealth_index = TradingWealthIndex(
        "amaie_trading_wealth_index",
        "Time-weighted value of one unit invested at the start; transfers do not move it.",
        unit="index",
        labels=("account", "currency"),
        services=("amaie-trader",),
    )
    gross_profit_total = TradingGrossProfitTotal(
        "amaie_trading_gross_profit_total",
        "Sum of the profits of all trades closed with a profit, in the quote currency.",
        unit="money",
        labels=("account", "currency"),
        services=("amaie-trader",),
    )
    gross_loss_total = TradingGrossLossTotal(
        "amaie_trading_gross_loss_total",
        "Sum of the losses of all trades closed with a loss, as a positive number in the quote currency.",
        unit="money",
        labels=("account", "currency"),
        services=("amaie-trader",),
    )
    trades_total = TradingTradesTotal(
        "amaie_trading_trades_total",
        "Round trips of a position from flat to flat, by result; win, loss or flat.",
        unit="count",
        labels=("account", "currency", "result"),
        services=("amaie-trader",),
    )
    volume_total = TradingVolumeTotal(
        "amaie_trading_volume_total",
        "Notional value of all fills, in the quote currency.",
        unit="money",
        labels=("account", "currency"),
        services=("amaie-trader",),
    )
    fees = TradingFees(
        "amaie_trading_fees",
        "Fees paid minus rebates since the account exists, in the quote currency.",
        unit="money",
        labels=("account", "currency"),
        services=("amaie-trader",),
    )
    income = TradingIncome(
        "amaie_trading_income",
        "Received minus paid without a trade since the account exists, by kind; funding, interest, rebate, dividend or other.",
        unit="money",
        labels=("account", "currency", "kind"),
        services=("amaie-trader",),
    )
    exposure = TradingExposure(
        "amaie_trading_exposure",
        "Sum of the sizes of all open positions, long and short, in the quote currency.",
        unit="money",
        labels=("account", "currency"),
        services=("amaie-trader",),
    )
    net_exposure = TradingNetExposure(
        "amaie_trading_net_exposure",
        "Sum of the sizes of all open positions, short ones below zero, in the quote currency.",
        unit="money",
        labels=("account", "currency"),
        services=("amaie-trader",),
    )
    unrealised = TradingUnrealised(
        "amaie_trading_unrealised",
        "What closing all open positions at their last prices would add, before fees, in the quote currency.",
        unit="money",
        labels=("account", "currency"),
        services=("amaie-trader",),
    )
    open_positions = TradingOpenPositions(
        "amaie_trading_open_positions",
        "Positions that are open.",
        unit="count",
        labels=("account", "currency"),
        services=("amaie-trader",),
    )
    slippage = TradingSlippage(
        "amaie_trading_slippage",
        "What fills have cost beyond the prices that they were decided at, since the account exists, in the quote currency.",
        unit="money",
        labels=("account", "currency"),
        services=("amaie-trader",),
    )
    realised = TradingRealised(
        "amaie_trading_realised",
        "Profit less loss of the trades that a strategy closed in a symbol since the account exists, net of fees, in the quote currency.",
        unit="money",
        labels=("account", "currency", "strategy", "symbol"),
        services=("amaie-trader",),
    )
    strategy_trades_total = TradingStrategyTradesTotal(
        "amaie_trading_strategy_trades_total",
        "Round trips that a strategy closed in a symbol.",
        unit="count",
        labels=("account", "currency", "strategy", "symbol"),
        services=("amaie-trader",),
    )
    orders_total = TradingOrdersTotal(
        "amaie_trading_orders_total",
        "Orders that ended, by outcome; filled, cancelled or rejected.",
        unit="count",
        labels=("account", "currency", "outcome"),
        services=("amaie-trader",),
    )


agent = AgentMetrics()
build = BuildMetrics()
errors = ErrorsMetrics()
exchange = ExchangeMetrics()
ingest = IngestMetrics()
log = LogMetrics()
market = MarketMetrics()
queue = QueueMetrics()
safety = SafetyMetrics()
service = ServiceMetrics()
trading = TradingMetrics()


ALL: tuple[Family[Any], ...] = (
    agent.model_inference_duration_seconds,
    agent.planner_duration_seconds,
    agent.belief_entropy_nats,
    agent.belief_states,
    agent.expected_free_energy_nats,
    agent.pragmatic_value_nats,
    agent.epistemic_value_nats,
    agent.policy_confidence_ratio,
    agent.policies_total,
    agent.policy_rejections_total,
    agent.policy_retries_total,
    build.info,
    errors.total,
    exchange.request_duration_seconds,
    exchange.requests_total,
    ingest.indexed_total,
    ingest.rejected_total,
    ingest.retries_total,
    ingest.conflicts_total,
    ingest.lag_seconds,
    log.records_total,
    log.dropped_total,
    log.redactions_total,
    log.failures_total,
    log.handler_losses_total,
    log.queue_depth,
    market.data_latency_seconds,
    queue.size,
    queue.capacity,
    safety.emergency_stop,
    service.request_duration_seconds,
    trading.equity,
    trading.net_transfers,
    trading.wealth_index,
    trading.gross_profit_total,
    trading.gross_loss_total,
    trading.trades_total,
    trading.volume_total,
    trading.fees,
    trading.income,
    trading.exposure,
    trading.net_exposure,
    trading.unrealised,
    trading.open_positions,
    trading.slippage,
    trading.realised,
    trading.strategy_trades_total,
    trading.orders_total,
)


__all__ = [
    "ALL",
    "agent",
    "build",
    "errors",
    "exchange",
    "ingest",
    "log",
    "market",
    "queue",
    "safety",
    "service",
    "trading",
]
