// SPDX-License-Identifier: Apache-2.0
#include "sockets/owners.hpp"

#include <gtest/gtest.h>

#include "log_text.hpp"

namespace morgana::sockets {
namespace {

using packets::kTcp;
using packets::kUdp;
using testing::end;

const auto kPhone = end("10.0.0.2:40001");
const auto kServer = end("192.0.2.1:443");

/// A log of rows "tcp LOCAL REMOTE NAME"; "-" for none.
SocketLog log_of(std::initializer_list<std::array<std::string_view, 4>> rows) {
  SocketLog log;
  for (const auto& [protocol, local, remote, name] : rows) {
    SocketRow row{.protocol = protocol_of(protocol), .local = end(local)};
    if (remote != "-") row.remote = end(remote);
    log.add(row, name == "-" ? std::string_view() : name);
  }
  return log;
}

/// "package process evidence votes/voters"
std::string owner(const SocketLog& log, std::uint8_t protocol = kTcp, const packets::End& client = kPhone,
                  const packets::End& server = kServer) {
  const auto found = Owners(log).owner_of(client, server, protocol);
  EXPECT_EQ(found.exact(), found.evidence == Evidence::kTuple);
  return found.package + " " + found.process + " " + std::string(name_of(found.evidence)) + " " +
         std::to_string(found.votes) + "/" + std::to_string(found.voters);
}

TEST(Owners, TheTupleDecides) {
  EXPECT_EQ(owner(log_of({{"tcp", "10.0.0.2:40001", "192.0.2.1:443", "org.a:push"},
                          {"tcp", "10.0.0.2:40002", "192.0.2.1:443", "org.b"},
                          {"tcp", "10.0.0.2:40003", "192.0.2.1:443", "org.b"}})),
            "org.a org.a:push 5-tuple 1/1");
}

TEST(Owners, RowsOfTheTupleVoteByPackage) {
  EXPECT_EQ(owner(log_of({{"tcp", "10.0.0.2:40001", "192.0.2.1:443", "org.a"},
                          {"tcp", "10.0.0.2:40001", "192.0.2.1:443", "org.a:push"},
                          {"tcp", "10.0.0.2:40001", "192.0.2.1:443", "org.a:push"},
                          {"tcp", "10.0.0.2:40001", "192.0.2.1:443", "org.b"},
                          {"tcp", "10.0.0.2:40001", "192.0.2.1:443", "-"},
                          {"tcp", "10.0.0.2:40001", "192.0.2.1:443", "org.b"}})),
            "org.a org.a:push 5-tuple 3/5");
}

TEST(Owners, WithoutAMajorityOfTheTupleItIsNotExact) {
  EXPECT_EQ(owner(log_of({{"tcp", "10.0.0.2:40001", "192.0.2.1:443", "org.a"},
                          {"tcp", "10.0.0.2:40001", "192.0.2.1:443", "org.b"},
                          {"tcp", "10.0.0.2:40002", "192.0.2.1:443", "org.b"}})),
            "org.b org.b server and port 2/3");
}

TEST(Owners, TheProtocolIsPartOfTheTupleWhereTheLogHasIt) {
  const auto log = log_of({{"udp", "10.0.0.2:40001", "192.0.2.1:443", "org.a"},
                           {"tcp", "10.0.0.2:40009", "192.0.2.9:443", "org.b"},
                           {"?", "10.0.0.2:40005", "192.0.2.5:443", "org.c"}});
  EXPECT_EQ(owner(log, kUdp), "org.a org.a 5-tuple 1/1");
  EXPECT_EQ(owner(log, kTcp), "org.a org.a server and port 1/1");
  EXPECT_EQ(owner(log, kTcp, end("10.0.0.2:40005"), end("192.0.2.5:443")), "org.c org.c 5-tuple 1/1");
}

TEST(Owners, UnconnectedUdpMatchesOnItsLocalPort) {
  const auto log = log_of({{"udp", "0.0.0.0:40001", "-", "org.any"},
                           {"udp", "[::]:40002", "-", "org.any6"},
                           {"udp", "10.0.0.2:40003", "-", "org.bound"},
                           {"udp", "127.0.0.1:40004", "-", "org.elsewhere"},
                           {"tcp", "0.0.0.0:40005", "-", "org.listening"},
                           {"udp", "0.0.0.0:40006", "-", "org.loses"},
                           {"udp", "10.0.0.2:40006", "192.0.2.1:443", "org.connected"}});
  EXPECT_EQ(owner(log, kUdp, end("10.0.0.2:40001")), "org.any org.any 5-tuple 1/1");
  EXPECT_EQ(owner(log, kUdp, end("10.0.0.2:40002")), "org.any6 org.any6 5-tuple 1/1");
  EXPECT_EQ(owner(log, kUdp, end("10.0.0.2:40003")), "org.bound org.bound 5-tuple 1/1");
  EXPECT_EQ(owner(log, kUdp, end("10.0.0.2:40006")), "org.connected org.connected 5-tuple 1/1");
  EXPECT_EQ(owner(log, kUdp, end("10.0.0.2:40004")), "org.connected org.connected server and port 1/1");
  EXPECT_EQ(owner(log, kTcp, end("10.0.0.2:40005")), "org.connected org.connected server and port 1/1");
}

TEST(Owners, FallsBackFromServerAndPortToServerToSession) {
  const auto log = log_of({{"tcp", "10.0.0.2:1", "192.0.2.1:443", "org.a"},
                           {"tcp", "10.0.0.2:2", "192.0.2.1:80", "org.b"},
                           {"tcp", "10.0.0.2:3", "192.0.2.1:80", "org.b"},
                           {"tcp", "10.0.0.2:4", "192.0.2.7:80", "org.c"},
                           {"tcp", "10.0.0.2:5", "192.0.2.8:80", "org.c"},
                           {"tcp", "10.0.0.2:6", "192.0.2.8:81", "org.c"},
                           {"tcp", "0.0.0.0:7", "-", "org.d"},
                           {"tcp", "0.0.0.0:8", "-", "org.d"}});
  EXPECT_EQ(owner(log), "org.a org.a server and port 1/1");
  EXPECT_EQ(owner(log, kTcp, kPhone, end("192.0.2.1:22")), "org.b org.b server 2/3");
  EXPECT_EQ(owner(log, kTcp, kPhone, end("192.0.2.200:443")), "org.c org.c session 3/6");
}

TEST(Owners, InTheFallbacksASocketVotesOnceHoweverOftenItWasLogged) {
  SocketLog log;
  for (int i = 0; i < 100; ++i) log.add({.protocol = kTcp, .local = end("10.0.0.2:1"), .remote = kServer}, "org.long");
  log.add({.protocol = kTcp, .local = end("10.0.0.2:2"), .remote = kServer}, "org.short");
  log.add({.protocol = kTcp, .local = end("10.0.0.2:3"), .remote = kServer}, "org.short");
  EXPECT_EQ(owner(log), "org.short org.short server and port 2/3");
}

TEST(Owners, TiesGoToTheMorePresentPackageAndThenByName) {
  EXPECT_EQ(owner(log_of({{"tcp", "10.0.0.2:1", "192.0.2.1:443", "org.b"},
                          {"tcp", "10.0.0.2:2", "192.0.2.1:443", "org.a"},
                          {"tcp", "10.0.0.2:3", "192.0.2.9:443", "org.b"}})),
            "org.b org.b server and port 1/2");
  EXPECT_EQ(owner(log_of({{"tcp", "10.0.0.2:1", "192.0.2.1:443", "org.b:y"},
                          {"tcp", "10.0.0.2:3", "192.0.2.1:443", "org.b:x"},
                          {"tcp", "10.0.0.2:2", "192.0.2.1:443", "org.a:z"},
                          {"tcp", "10.0.0.2:4", "192.0.2.1:443", "org.a:z"}})),
            "org.a org.a:z server and port 2/4");
}

TEST(Owners, MappedAddressesAreTheSame) {
  EXPECT_EQ(owner(log_of({{"tcp", "::ffff:10.0.0.2:40001", "[::ffff:192.0.2.1]:443", "org.a"}})),
            "org.a org.a 5-tuple 1/1");
}

TEST(Owners, AServiceOnTheDeviceOwnsWhatComesIn) {
  const auto log = log_of({{"tcp", "10.0.0.2:80", "192.0.2.9:50000", "org.server"},
                           {"udp", "0.0.0.0:53", "-", "org.dns"},
                           {"tcp", "127.0.0.1:5000", "127.0.0.1:6000", "org.left"},
                           {"tcp", "127.0.0.1:6000", "127.0.0.1:5000", "org.right"}});
  EXPECT_EQ(owner(log, kTcp, end("192.0.2.9:50000"), end("10.0.0.2:80")), "org.server org.server 5-tuple 1/1");
  EXPECT_EQ(owner(log, kTcp, end("192.0.2.9:50001"), end("10.0.0.2:80")), "org.server org.server server 1/1");
  EXPECT_EQ(owner(log, kUdp, end("192.0.2.7:5353"), end("10.0.0.2:53")), "org.dns org.dns 5-tuple 1/1");
  // A resolver here does not own what goes to a resolver elsewhere.
  EXPECT_NE(owner(log, kUdp, kPhone, end("192.0.2.53:53")).find("session"), std::string::npos);
  EXPECT_EQ(owner(log, kTcp, end("127.0.0.1:5000"), end("127.0.0.1:6000")), "org.left org.left 5-tuple 1/1");
}

TEST(Owners, ALogWithoutProcessesSaysNothing) {
  EXPECT_EQ(owner(log_of({{"tcp", "10.0.0.2:40001", "192.0.2.1:443", "-"}})), "  none 0/0");
  EXPECT_EQ(owner(SocketLog()), "  none 0/0");
}

}  // namespace
}  // namespace morgana::sockets
