// SPDX-License-Identifier: Apache-2.0
#include "gather.hpp"

#include <utility>

namespace morgana::mirage {
namespace {

using Order = std::vector<RowPlace>;

/// One element a trace.
template <typename T, typename Column>
std::vector<T> rows(const std::vector<TraceTable*>& parts, const Order& order, Column column) {
  std::vector<T> result;
  result.reserve(order.size());
  for (const auto& [part, row] : order) result.push_back(std::move(column(*parts[part])[row]));
  for (auto* part : parts) std::vector<T>().swap(column(*part));
  return result;
}

/// Some elements a packet: `begin_of` says where those of a packet begin.
template <typename T, typename Column, typename Begin>
std::vector<T> packets(const std::vector<TraceTable*>& parts, const Order& order, Column column, Begin begin_of) {
  std::vector<T> result;
  std::size_t size = 0;
  for (auto* part : parts) size += column(*part).size();
  result.reserve(size);
  for (const auto& [part, row] : order) {
    auto& table = *parts[part];
    const auto from = column(table).begin() + static_cast<std::ptrdiff_t>(begin_of(table, table.offsets[row]));
    const auto to = column(table).begin() + static_cast<std::ptrdiff_t>(begin_of(table, table.offsets[row + 1]));
    result.insert(result.end(), from, to);
  }
  for (auto* part : parts) std::vector<T>().swap(column(*part));
  return result;
}

/// True where the order is that of a single table.
bool is_as_it_is(const std::vector<TraceTable*>& parts, const Order& order) {
  if (parts.size() != 1) return false;
  for (std::size_t i = 0; i < order.size(); ++i)
    if (order[i].row != i) return false;
  return true;
}

void reorder(NameColumn& column, const Order& order, const std::vector<std::size_t>& first_row) {
  std::vector<std::int32_t> id;
  id.reserve(order.size());
  for (const auto& [part, row] : order) id.push_back(column.id[first_row[part] + row]);
  column.id = std::move(id);
}

}  // namespace

TraceTable gather(const std::vector<TraceTable*>& parts, const std::vector<RowPlace>& order, RowNames names) {
  std::vector<std::size_t> first_row{0};
  for (const auto* part : parts) first_row.push_back(first_row.back() + part->offsets.size() - 1);
  for (auto* column : {&names.label, &names.capture, &names.device}) reorder(*column, order, first_row);
  TraceTable table;
  if (is_as_it_is(parts, order)) {
    table = std::move(*parts[0]);
  } else {
    const auto& first = *parts[0];
    const auto each_packet = [](const TraceTable&, std::uint64_t packet) { return packet; };
    for (std::size_t i = 0; i < first.channels.size(); ++i)
      table.channels.push_back(
          {first.channels[i].name, first.channels[i].unit,
           packets<float>(
               parts, order, [i](auto& part) -> auto& { return part.channels[i].values; }, each_packet)});
    if (!first.payload.offsets.empty()) {
      table.payload.offsets = {0};
      for (const auto& [part, row] : order) {
        const auto& from = *parts[part];
        const auto shift = table.payload.offsets.back() - from.payload.offsets[from.offsets[row]];
        for (auto packet = from.offsets[row]; packet < from.offsets[row + 1]; ++packet)
          table.payload.offsets.push_back(from.payload.offsets[packet + 1] + shift);
      }
      table.payload.bytes = packets<std::uint8_t>(
          parts, order, [](auto& part) -> auto& { return part.payload.bytes; },
          [](const TraceTable& part, std::uint64_t packet) { return part.payload.offsets[packet]; });
    }
    for (const auto& [part, row] : order)
      table.offsets.push_back(table.offsets.back() + parts[part]->offsets[row + 1] - parts[part]->offsets[row]);
    for (std::size_t i = 0; i < first.columns.size(); ++i)
      table.columns.push_back({first.columns[i].name, first.columns[i].unit,
                               rows<double>(
                                   parts, order, [i](auto& part) -> auto& { return part.columns[i].values; })});
    table.label_source = rows<LabelSource>(
        parts, order, [](auto& part) -> auto& { return part.label_source; });
    table.keys = rows<std::string>(
        parts, order, [](auto& part) -> auto& { return part.keys; });
  }
  table.label = std::move(names.label);
  table.capture = std::move(names.capture);
  table.device = std::move(names.device);
  return table;
}

}  // namespace morgana::mirage
