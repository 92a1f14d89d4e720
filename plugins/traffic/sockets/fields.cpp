// SPDX-License-Identifier: Apache-2.0
#include "sockets/fields.hpp"

#include <fmt/format.h>

#include "sockets/socket_log.hpp"

namespace morgana::sockets {

constexpr std::string_view kBlanks = " \t\r\n\v\f";

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t end = 0;;) {
    const auto begin = line.find_first_not_of(kBlanks, end);
    if (begin == std::string_view::npos) return fields;
    end = std::min(line.find_first_of(kBlanks, begin), line.size());
    fields.push_back(line.substr(begin, end - begin));
  }
}

std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  while (true) {
    const auto tab = line.find('\t');
    cells.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return cells;
    line.remove_prefix(tab + 1);
  }
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::optional<packets::End> end_of(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = text.substr(colon + 1);
  auto address = text.substr(0, colon);
  packets::End end;
  if (port != "*") {
    const auto number = number_of<std::uint16_t>(port);
    if (!number) return std::nullopt;
    end.port = *number;
  }
  // The zone stands within the brackets or behind them: [fe80::1%eth0]:546, [fe80::1]%eth0:546.
  if (const auto zone = address.find('%'); zone != std::string_view::npos) address = address.substr(0, zone);
  if (address.starts_with('[')) address.remove_prefix(1);
  if (address.ends_with(']')) address.remove_suffix(1);
  if (address == "*") return end;
  const auto parsed = packets::Address::parse(address);
  if (!parsed) return std::nullopt;
  end.address = *parsed;
  return end;
}

std::string text_of(const packets::End& end) {
  if (is_any(end.address)) return fmt::format("*:{}", end.port);
  return end.address.is_ipv4() ? fmt::format("{}:{}", end.address.text(), end.port)
                               : fmt::format("[{}]:{}", end.address.text(), end.port);
}

std::uint8_t protocol_of(std::string_view name) {
  if (name == "tcp" || name == "tcp4" || name == "tcp6") return packets::kTcp;
  if (name == "udp" || name == "udp4" || name == "udp6") return packets::kUdp;
  return 0;
}

}  // namespace morgana::sockets
