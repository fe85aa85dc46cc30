#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# make-mmdb.pl FOLDER: tiny MMDB files of every layout that camwatch reads, with invented contents for
# real global addresses. Exit status 77 where the writer (libmaxmind-db-writer-perl) is missing.
use strict;
use warnings;

BEGIN {
    if (!eval { require MaxMind::DB::Writer::Tree; 1 }) {
        print STDERR "skipped: libmaxmind-db-writer-perl is not installed\n";
        exit 77;
    }
}

my $folder = shift // die "usage: make-mmdb.pl FOLDER\n";

my %types = (
    country => 'map', registered_country => 'map', city => 'map', names => 'map', location => 'map',
    iso_code => 'utf8_string', en => 'utf8_string', latitude => 'double', longitude => 'double',
    autonomous_system_number => 'uint32', autonomous_system_organization => 'utf8_string',
);
my %flat = (
    country_code => 'utf8_string', country => 'utf8_string', city => 'utf8_string',
    latitude => 'float', longitude => 'float', lat => 'utf8_string', lng => 'utf8_string',
    asn => 'utf8_string', as_name => 'utf8_string',
);

sub build {
    my ($name, $version, $type, $description, $types, %networks) = @_;
    my $tree = MaxMind::DB::Writer::Tree->new(
        ip_version => $version, record_size => 24, database_type => $type, languages => ['en'],
        description => {en => $description}, map_key_type_callback => sub { $types->{$_[0]} // die "$_[0]" },
        remove_reserved_networks => 0, alias_ipv6_to_ipv4 => 0,
    );
    $tree->insert_network($_, $networks{$_}) for sort keys %networks;
    open my $out, '>:raw', "$folder/$name.mmdb" or die "$folder/$name.mmdb: $!\n";
    $tree->write_tree($out);
    close $out or die "$folder/$name.mmdb: $!\n";
}

build('nested', 6, 'GeoLite2-City', 'GeoLite2 City of a test', \%types,
    '1.1.1.0/24' => {country => {iso_code => 'AU'}, city => {names => {en => 'Sydney'}},
        location => {latitude => -33.8688, longitude => 151.2093}},
    '8.8.8.0/24' => {registered_country => {iso_code => 'US'}},
    '9.9.9.0/24' => {country => {iso_code => '??'}, city => {names => {en => 'Nowhere'}}},
    '2001:4860::/32' => {country => {iso_code => 'US'}},
    # what no lookup may ever reach
    '192.168.0.0/16' => {country => {iso_code => 'AU'}}, '10.0.0.0/8' => {country => {iso_code => 'AU'}},
    '100.64.0.0/10' => {country => {iso_code => 'AU'}}, '224.0.0.0/4' => {country => {iso_code => 'AU'}},
    'fc00::/7' => {country => {iso_code => 'AU'}}, 'fe80::/10' => {country => {iso_code => 'AU'}},
    '2001:db8::/32' => {country => {iso_code => 'AU'}}, '203.0.113.0/24' => {country => {iso_code => 'AU'}},
);
build('asn', 6, 'Test-ASN', 'AS numbers; licence CC BY-SA 4.0; data of 2026-01-02', \%types,
    '1.1.1.0/24' => {autonomous_system_number => 13335, autonomous_system_organization => 'Example Edge'},
    '9.9.9.0/24' => {autonomous_system_number => 4200000001},
);
build('ipinfo', 6, 'ipinfo lite', 'flat', \%flat,
    '1.1.1.0/24' => {country => 'Australia', country_code => 'AU', asn => 'AS13335', as_name => 'Flat Edge'},
    '8.8.8.0/24' => {country => 'United States', country_code => 'US', asn => 'AS15169', as_name => 'Flat'},
);
build('old-ipinfo', 6, 'country_asn', 'flat, the code is called country', \%flat,
    '8.8.4.0/24' => {country => 'US'},
);
build('npm', 4, 'city ipv4', 'flat, IPv4 only', \%flat,
    '1.1.1.0/24' => {country_code => 'NZ', city => 'Auckland', latitude => -36.85, longitude => 174.76},
    '8.8.8.0/24' => {country_code => 'US', lat => '37.751', lng => '-97.822'},
);
build('other', 6, 'something else', 'no value that camwatch reads', {color => 'utf8_string'},
    '1.1.1.0/24' => {color => 'red'},
);
