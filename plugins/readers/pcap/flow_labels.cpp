// SPDX-License-Identifier: Apache-2.0
#include "flow_labels.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <optional>
#include <vector>

#include "morgana/error.hpp"

namespace morgana::pcap {
namespace {

std::string_view last_part(std::string_view name) {
  const auto slash = name.rfind('/');
  return slash == name.npos ? name : name.substr(slash + 1);
}

/// The fields of a line of RFC 4180, one line a record.
std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char letter = line[i];
    if (quoted && letter == '"' && i + 1 < line.size() && line[i + 1] == '"') fields.back() += line[i++];
    else if (letter == '"') quoted = !quoted;
    else if (letter == ',' && !quoted) fields.emplace_back();
    else if (letter != '\r') fields.back() += letter;
  }
  return fields;
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

std::optional<int> protocol_of(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  if (text == "tcp" || text == "6") return packets::kTcp;
  if (text == "udp" || text == "17") return packets::kUdp;
  return std::nullopt;
}

}  // namespace

LabelTable::LabelTable(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Error("cannot read the labels in {}", file.string());
  std::string line;
  std::getline(in, line);
  if (line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
  const auto header = fields_of(line);
  const auto column = [&](std::string_view name) -> std::optional<std::size_t> {
    const auto place = std::find(header.begin(), header.end(), name);
    if (place == header.end()) return std::nullopt;
    return static_cast<std::size_t>(place - header.begin());
  };
  const auto label = column("label"), name = column("file"), source = column("src_ip"), target = column("dst_ip"),
             source_port = column("src_port"), target_port = column("dst_port"), protocol = column("protocol");
  const bool of_biflows = source && target && source_port && target_port && protocol;
  if (!label || (!name && !of_biflows))
    throw Error("{}:1: the columns are \"{}\"", file.string(), line)
        .hint("give file,label or src_ip,src_port,dst_ip,dst_port,protocol,label");
  const auto put = [&](auto& map, const auto& key, const std::string& value, std::size_t number) {
    const auto [entry, added] = map.try_emplace(key, value);
    if (!added && entry->second != value)
      throw Error("{}:{}: labelled \"{}\", and \"{}\" before", file.string(), number, value, entry->second);
  };
  for (std::size_t number = 2; std::getline(in, line); ++number) {
    if (line.empty() || line == "\r") continue;
    const auto fields = fields_of(line);
    if (fields.size() != header.size())
      throw Error("{}:{}: {} fields, the header has {}", file.string(), number, fields.size(), header.size());
    if (!of_biflows) {
      put(files_, fields[*name], fields[*label], number);
      continue;
    }
    packets::End a, b;
    const auto a_port = port_of(fields[*source_port]), b_port = port_of(fields[*target_port]);
    const auto number_of_protocol = protocol_of(fields[*protocol]);
    if (!packets::Address::parse(fields[*source], a.address) || !packets::Address::parse(fields[*target], b.address) ||
        !a_port || !b_port || !number_of_protocol)
      throw Error("{}:{}: no address, port or protocol: {}", file.string(), number, line);
    a.port = *a_port;
    b.port = *b_port;
    put(biflows_, Key{a, b, *number_of_protocol}, fields[*label], number);
    put(biflows_, Key{b, a, *number_of_protocol}, fields[*label], number);
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
