// SPDX-License-Identifier: Apache-2.0
#include "packets/flow_key.hpp"

#include <gtest/gtest.h>
#include <morgana/error.hpp>

#include <set>

#include "packets/dissect.hpp"
#include "packets/documentation.hpp"

namespace morgana::packets {
namespace {

TEST(FlowKey, IsReadAndWritten) {
  for (const char* text :
       {"192.168.20.105,41421,54.174.83.64,443,6", "2001:db8::1,1,2001:db8::2,65535,17", "1.2.3.4,1,1.2.3.5,2,1"}) {
    const auto key = FlowKey::parse(text);
    ASSERT_TRUE(key) << text;
    EXPECT_EQ(key->text(), text);
  }
  const auto key = FlowKey::parse("192.168.20.105,41421,54.174.83.64,443,6").value();
  EXPECT_EQ(key.client.address.text(), "192.168.20.105");
  EXPECT_EQ(key.client.port, 41421);
  EXPECT_EQ(key.server.port, 443);
  EXPECT_EQ(key.protocol, kTcp);
  EXPECT_EQ(key.version(), IpVersion::k4);
  EXPECT_EQ(FlowKey::parse("::ffff:1.2.3.4,1,1.2.3.5,2,6")->text(), "1.2.3.4,1,1.2.3.5,2,6");
}

TEST(FlowKey, IsNothingElse) {
  for (const char* wrong :
       {"", "k", "1.2.3.4,1,1.2.3.5,2", "1.2.3.4,1,1.2.3.5,2,6,7", "1.2.3.4,1,1.2.3.5,65536,6", "1.2.3,1,1.2.3.5,2,6",
        "1.2.3.4,1,2001:db8::1,2,6", "1.2.3.4,1,1.2.3.5,2,256", "1.2.3.4,-1,1.2.3.5,2,6", "1.2.3.4,1,1.2.3.5, 2,6"})
    EXPECT_FALSE(FlowKey::parse(wrong)) << wrong;
}

TEST(DocumentationKey, IsUniqueAndNobodys) {
  std::set<FlowKey> seen;
  for (std::uint64_t index = 0; index < 20000; ++index) {
    const auto key = documentation_key(index * 149, kTcp, IpVersion::k4, 50443);
    EXPECT_TRUE(seen.insert(key).second) << index;
    EXPECT_GE(key.client.port, 60032);
    const auto server = key.server.address.text();
    EXPECT_TRUE(server.starts_with("198.51.100.") || server.starts_with("203.0.113.")) << server;
    EXPECT_FALSE(server.ends_with(".0") || server.ends_with(".255")) << server;
    EXPECT_TRUE(is_documentation_client(key.client.address));
    EXPECT_FALSE(is_documentation_client(key.server.address));
  }
  EXPECT_EQ(documentation_key(0, kTcp, IpVersion::k4, 443).text(), "192.0.2.1,60032,198.51.100.1,443,6");
  EXPECT_EQ(documentation_key(kMostDocumentationKeys - 1, kUdp, IpVersion::k4, 1).text(),
            "192.0.2.254,65535,203.0.113.254,1,17");
  EXPECT_THROW(documentation_key(kMostDocumentationKeys, kUdp, IpVersion::k4, 1), Error);
  const auto ipv6 = documentation_key(kMostDocumentationKeys, kUdp, IpVersion::k6, 1);
  EXPECT_EQ(ipv6.text(), "2001:db8:c::ff,60032,2001:db8:5::1,1,17");
  EXPECT_TRUE(is_documentation_client(ipv6.client.address));
  EXPECT_FALSE(is_documentation_client(ipv6.server.address));
}

TEST(DocumentationKey, DoesNotTakeOthersForClients) {
  for (const char* text : {"192.0.3.1", "192.168.2.1", "198.51.100.1", "2001:db8::1", "2001:db8:d::1", "::"})
    EXPECT_FALSE(is_documentation_client(Address::parse(text).value())) << text;
}

}  // namespace
}  // namespace morgana::packets
