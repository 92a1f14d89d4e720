// SPDX-License-Identifier: Apache-2.0
#include "sockets/owners.hpp"

#include <cstring>
#include <map>

namespace morgana::sockets {

using packets::Address;
using packets::End;

std::string_view name_of(Evidence evidence) {
  switch (evidence) {
    case Evidence::kTuple:
      return "5-tuple";
    case Evidence::kServerPort:
      return "server and port";
    case Evidence::kServer:
      return "server";
    case Evidence::kSession:
      return "session";
    case Evidence::kNone:
      break;
  }
  return "none";
}

std::size_t Owners::Hash::operator()(const Address& address) const noexcept {
  std::uint64_t words[2];
  std::memcpy(words, address.bytes.data(), sizeof words);
  // Multiplication by an odd constant near 2^64 divided by the golden ratio spreads low bits (Knuth, TAOCP 3, 6.4).
  return (words[0] ^ (words[1] * 0x9e3779b97f4a7c15u)) * 0x9e3779b97f4a7c15u;
}
std::size_t Owners::Hash::operator()(const End& end) const noexcept {
  return (operator()(end.address) ^ end.port) * 0x9e3779b97f4a7c15u;
}
std::size_t Owners::Hash::operator()(const Tuple& tuple) const noexcept {
  return (operator()(tuple.local) ^ (operator()(tuple.remote) >> 7) ^ tuple.protocol) * 0x9e3779b97f4a7c15u;
}

std::uint64_t Owners::count(Tally& tally, std::int32_t process, std::uint64_t votes) {
  for (auto& [known, sum] : tally)
    if (known == process) return sum += votes;
  tally.emplace_back(process, votes);
  return votes;
}

Owners::Owners(const SocketLog& log) : processes_(log.processes()) {
  for (const auto& row : log.rows()) {
    if (!is_any(row.local.address)) own_addresses_[row.local.address] = true;
    if (row.process < 0) continue;
    auto& known = row.remote ? connected_ : unconnected_;
    const Tuple tuple{row.local, row.remote.value_or(End{}), row.protocol};
    if (count(known[tuple], row.process) > 1) continue;  // this socket has voted
    if (row.remote) {
      count(server_port_[*row.remote], row.process);
      count(server_[row.remote->address], row.process);
    }
    if (row.remote || row.protocol != packets::kTcp) count(session_, row.process);
  }
}

Owners::Tally Owners::rows_of(const End& local, const End* remote, std::uint8_t protocol) const {
  Tally all;
  const auto& known = remote != nullptr ? connected_ : unconnected_;
  const End any{Address{}, local.port};
  for (const auto& end : {local, any})
    for (const std::uint8_t by : {protocol, std::uint8_t{0}})
      if (const auto found = known.find({end, remote != nullptr ? *remote : End{}, by}); found != known.end())
        for (const auto& [process, votes] : found->second) count(all, process, votes);
  return all;
}

Owners::Tally Owners::rows_of_tuple(const End& client, const End& server, std::uint8_t protocol) const {
  auto rows = rows_of(client, &server, protocol);
  if (rows.empty() && protocol == packets::kUdp) rows = rows_of(client, nullptr, protocol);
  if (!rows.empty() || !own_addresses_.contains(server.address)) return rows;
  rows = rows_of(server, &client, protocol);
  if (rows.empty() && protocol == packets::kUdp) rows = rows_of(server, nullptr, protocol);
  return rows;
}

Owner Owners::winner(const Tally& tally, Evidence evidence) const {
  struct Votes {
    std::uint64_t all = 0, best = 0, in_session = 0;
    std::string_view process{};
  };
  std::map<std::string_view, Votes> packages;  // by name, so that the first of equals is kept
  Owner owner;
  for (const auto& [process, votes] : tally) {
    const std::string_view name = processes_[static_cast<std::size_t>(process)];
    auto& of_package = packages[package_of(name)];
    of_package.all += votes;
    if (votes > of_package.best || (votes == of_package.best && name < of_package.process)) {
      of_package.best = votes;
      of_package.process = name;
    }
    owner.voters += votes;
  }
  for (const auto& [process, votes] : session_) {
    const auto place = packages.find(package_of(processes_[static_cast<std::size_t>(process)]));
    if (place != packages.end()) place->second.in_session += votes;
  }
  const Votes* most = nullptr;
  for (const auto& [package, votes] : packages) {
    if (most != nullptr && (votes.all < most->all || (votes.all == most->all && votes.in_session <= most->in_session)))
      continue;
    most = &votes;
    owner.package = package;
  }
  if (most == nullptr) return owner;
  owner.process = most->process;
  owner.votes = most->all;
  owner.evidence = evidence;
  return owner;
}

Owner Owners::owner_of(const End& client, const End& server, std::uint8_t protocol) const {
  const auto of_tuple = winner(rows_of_tuple(client, server, protocol), Evidence::kTuple);
  if (of_tuple.votes * 2 > of_tuple.voters) return of_tuple;
  const bool is_service = own_addresses_.contains(server.address) && !own_addresses_.contains(client.address);
  const auto& remote = is_service ? client : server;
  if (const auto found = server_port_.find(remote); found != server_port_.end())
    return winner(found->second, Evidence::kServerPort);
  if (const auto found = server_.find(remote.address); found != server_.end())
    return winner(found->second, Evidence::kServer);
  return winner(session_, Evidence::kSession);
}

}  // namespace morgana::sockets
