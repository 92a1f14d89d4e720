// SPDX-License-Identifier: Apache-2.0
#include "flow_labels.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

#include "csv/csv_records.hpp"
#include "files/disk_file.hpp"
#include "morgana/count_text.hpp"
#include "morgana/error.hpp"
#include "packets/numbers.hpp"

namespace morgana::pcap {
namespace {

std::string_view last_part(std::string_view name) {
  const auto slash = name.rfind('/');
  return slash == name.npos ? name : name.substr(slash + 1);
}

std::optional<int> protocol_of(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  if (text == "tcp" || text == "6") return packets::kTcp;
  if (text == "udp" || text == "17") return packets::kUdp;
  return std::nullopt;
}

}  // namespace

LabelTable::LabelTable(const std::filesystem::path& file) {
  files::BytesRead bytes;
  files::DiskFile source(file, bytes);
  csv::CsvRecords records(source, file.string(), ',');
  records.next();
  const auto& cells = records.cells();
  const std::vector<std::string> header(cells.begin(), cells.end());
  const auto column = [&](std::string_view name) -> std::optional<std::size_t> {
    const auto place = std::find(header.begin(), header.end(), name);
    if (place == header.end()) return std::nullopt;
    return static_cast<std::size_t>(place - header.begin());
  };
  const auto label = column("label"), name = column("file"), source_ip = column("src_ip"), target_ip = column("dst_ip"),
             source_port = column("src_port"), target_port = column("dst_port"), protocol = column("protocol");
  const bool of_biflows = source_ip && target_ip && source_port && target_port && protocol;
  if (!label || (!name && !of_biflows))
    throw Error("{}:1: the columns are \"{}\"", file.string(), fmt::join(header, ","))
        .hint("give file,label or src_ip,src_port,dst_ip,dst_port,protocol,label");
  const auto put = [&](auto& map, const auto& key) {
    const auto [entry, added] = map.try_emplace(key, cells[*label]);
    if (!added && entry->second != cells[*label])
      throw Error("{}:{}: labelled \"{}\", and \"{}\" before", file.string(), records.number(), cells[*label],
                  entry->second);
  };
  const auto end_of = [&](std::size_t address, std::size_t port) -> std::optional<packets::End> {
    const auto parsed = packets::Address::parse(cells[address]);
    const auto number = packets::number_of<std::uint16_t>(cells[port]);
    return parsed && number ? std::optional(packets::End{*parsed, *number}) : std::nullopt;
  };
  while (records.next()) {
    if (cells.size() != header.size())
      throw Error("{}:{}: {}, the header has {}", file.string(), records.number(), count_text(cells.size(), "field"),
                  header.size());
    if (!of_biflows) {
      put(files_, std::string(cells[*name]));
      continue;
    }
    const auto a = end_of(*source_ip, *source_port), b = end_of(*target_ip, *target_port);
    const auto number = protocol_of(std::string(cells[*protocol]));
    if (!a || !b || !number)
      throw Error("{}:{}: no address, port or protocol: {}", file.string(), records.number(), fmt::join(cells, ","));
    put(biflows_, Key{*a, *b, *number});
    put(biflows_, Key{*b, *a, *number});
  }
}

std::string LabelTable::find(const biflows::Biflow& biflow, std::string_view file) const {
  if (const auto found = biflows_.find({biflow.client, biflow.server, biflow.protocol}); found != biflows_.end())
    return found->second;
  for (const auto name : {file, last_part(file)})
    if (const auto found = files_.find(name); found != files_.end()) return found->second;
  return "";
}

}  // namespace morgana::pcap
