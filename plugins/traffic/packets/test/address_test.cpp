// SPDX-License-Identifier: Apache-2.0
#include "packets/address.hpp"

#include <gtest/gtest.h>
#include <morgana/error.hpp>

namespace morgana::packets {
namespace {

TEST(Address, KnowsPrivateOnes) {
  const auto is_private = [](const char* text) { return Address::parse(text).value().is_private(); };
  for (const auto* text :
       {"10.1.2.3", "172.31.0.1", "192.168.0.1", "169.254.1.1", "127.0.0.1", "100.64.0.1", "fe80::1", "fd00::1", "::1"})
    EXPECT_TRUE(is_private(text)) << text;
  for (const auto* text : {"172.32.0.1", "8.8.8.8", "100.128.0.1", "2001:db8::1", "::2"})
    EXPECT_FALSE(is_private(text)) << text;
}

TEST(Address, CountsAsIpv4WhereItIsMapped) {
  EXPECT_EQ(Address::parse("::ffff:1.2.3.4"), Address::parse("1.2.3.4"));
  EXPECT_EQ(Address::parse("::ffff:1.2.3.4")->text(), "1.2.3.4");
  EXPECT_EQ(Address::parse("::ffff:1.2.3.4")->version(), IpVersion::k4);
  EXPECT_TRUE(Address::parse("::ffff:10.0.0.1")->is_private());
  EXPECT_FALSE(Address::parse("::ffff:8.8.8.8")->is_private());
  EXPECT_EQ(Address::parse("::1")->version(), IpVersion::k6);
}

TEST(Address, IsNothingElse) {
  for (const auto* text : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "::g", "example.org", "1.2.3.4 "})
    EXPECT_EQ(Address::parse(text), std::nullopt) << text;
}

TEST(Address, OfAUserIsNamedWhereItIsNone) {
  EXPECT_EQ(parse_addresses("clients", {"::1", "10.0.0.1"}).at(1).text(), "10.0.0.1");
  try {
    parse_addresses("clients", {"10.0.0.1", "phone"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "parameter \"clients\": \"phone\" is no IP address");
  }
}

}  // namespace
}  // namespace morgana::packets
