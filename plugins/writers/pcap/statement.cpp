// SPDX-License-Identifier: Apache-2.0
#include "statement.hpp"

#include <fmt/format.h>

#include "accounting/field_metrics.hpp"

namespace morgana::write_pcap {
namespace {

constexpr std::size_t kMostClassBytes = 8192;

std::string class_list(const Traces& traces) {
  const auto rows = traces.rows_by_class();
  const auto& names = traces.class_names();
  std::string text;
  std::size_t listed = 0, present = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (rows[i].empty()) continue;
    ++present;
    if (text.size() > kMostClassBytes) continue;
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", names[i], rows[i].size());
    ++listed;
  }
  if (listed < present) text += fmt::format(" and {} more", present - listed);
  return text.empty() ? "none" : text;
}

}  // namespace

std::vector<Change> changes(const synthesis::Accounting& account) {
  const auto& faults = account.faults;
  const std::vector<Change> all{
      {faults.lengths,
       fmt::format("payload lengths below 0 or above {} bytes; the nearest possible was taken",
                   synthesis::TraceSeries::kMostPayload),
       true},
      {faults.fractions, "payload lengths not whole; rounded", true},
      {faults.times,
       fmt::format("times below 0 or above {} s; the nearest possible was taken", synthesis::TraceSeries::kLongestGap),
       true},
      {faults.first_times, "first packets with a time since the one before; 0 was taken", true},
      {faults.directions, "directions 0; up was taken", true},
      {faults.windows, "windows below 0, not whole or above 65535; the nearest possible was taken", true},
      {account.empty_traces, "traces without a packet; left out", true},
      {account.keys_unread, "keys that are no TCP or UDP 5-tuple; taken as none", true},
      {account.keys_again, "keys that another biflow has too; a 5-tuple of documentation addresses was given", true},
      {account.rounded_times, "times rounded to the file's resolution", false},
      {account.counts.split_packets, "packets split, too large for a segment or datagram", false},
      {account.counts.late_acks,
       "packets without payload that had nothing new to acknowledge; written as late acknowledgements", false},
      {account.counts.moved_windows, "TCP windows moved by one, so that nothing under way fills them to the byte",
       false},
  };
  std::vector<Change> some;
  for (const auto& each : all)
    if (each.count > 0) some.push_back(each);
  return some;
}

std::vector<std::string> statement(const synthesis::Accounting& account, const Traces& traces,
                                   const std::string& settings) {
  std::vector<std::string> said{
      "synthetic traffic: no packet of this file was ever on a network; made from traces by morgana " MORGANA_VERSION
      ", write.pcap",
      settings, "classes (traces): " + class_list(traces), account.line()};
  std::string list;
  for (const auto& change : changes(account))
    list += fmt::format("{}{} x {}", list.empty() ? "" : "; ", change.count, change.what);
  said.push_back("not as in the traces: " + (list.empty() ? "nothing" : list));
  return said;
}

Metrics metrics_of(const synthesis::Accounting& account, const std::vector<std::string>& said) {
  using accounting::counted;
  using synthesis::Origin;
  auto metrics = accounting::field_metrics("write.pcap");
  metrics.metrics.push_back(counted("biflows", account.tcp_biflows, "biflows", {{"protocol", "TCP"}}));
  metrics.metrics.push_back(counted("biflows", account.udp_biflows, "biflows", {{"protocol", "UDP"}}));
  constexpr std::pair<Origin, const char*> kOrigins[]{{Origin::kTrace, "trace"},
                                                      {Origin::kSplit, "further part of a split packet"},
                                                      {Origin::kHandshake, "added: handshake"},
                                                      {Origin::kAck, "added: acknowledgement"},
                                                      {Origin::kClose, "added: close"}};
  for (const auto& [origin, name] : kOrigins)
    metrics.metrics.push_back(
        counted("packets", account.counts.packets[static_cast<int>(origin)], "packets", {{"origin", name}}));
  MetricMatrix table;
  table.name = "values by field and source";
  table.columns.assign(accounting::kSourceNames.begin(), accounting::kSourceNames.end());
  for (const auto& field : account.fields()) {
    table.rows.emplace_back(field.field);
    for (std::size_t source = 0; source < field.packets.size(); ++source) {
      table.values.push_back(static_cast<double>(field.packets[source]));
      accounting::add_values(metrics, field.field, static_cast<accounting::Source>(source), field.packets[source]);
    }
  }
  metrics.matrices.push_back(std::move(table));
  for (const auto& change : changes(account)) accounting::add_changed(metrics, change.what, change.count);
  for (std::size_t i = 0; i < said.size(); ++i) metrics.notes[fmt::format("statement {}", i + 1)] = said[i];
  return metrics;
}

}  // namespace morgana::write_pcap
