using System.Text.Json;
using System.Text.RegularExpressions;

namespace ImageBackend.Build.Tests.Licences;

/// <summary>NOTICE names everything that is shipped, with its licence.</summary>
public sealed partial class NoticeTests
{
    private static readonly Notice Notice = Notice.OfRepository();

    private static readonly IReadOnlyList<ShippedPackage> Shipped = ShippedPackage.OfPrograms();

    [Fact]
    public void Every_shipped_package_is_named_with_its_licence() => Notice.Problems(Shipped).ToArray().Should().BeEmpty();

    [Fact]
    public void Nothing_is_named_that_is_not_shipped() =>
        Notice.Packages.Keys.Where(name => !Shipped.Any(package => name.EndsWith(".*", StringComparison.Ordinal)
            ? package.Name.StartsWith(name[..^1], StringComparison.Ordinal) : package.Name.Equals(name, StringComparison.OrdinalIgnoreCase))).Should().BeEmpty();

    [Fact]
    public void Analyzers_are_not_shipped_and_libraries_are() =>
        Shipped.Select(package => package.Name).Should().Contain(["MediatR", "NetVips", "NetVips.Native.linux-x64", "System.CommandLine"])
            .And.NotContain(name => name.EndsWith("Analyzers", StringComparison.Ordinal));

    [Fact]
    public void A_planted_package_that_is_not_named_is_found() =>
        Notice.Problems([new ShippedPackage("Npgsql.Extras", "MIT", "Npgsql.Extras | MIT")]).Should().Equal("NOTICE lacks: Npgsql.Extras | MIT");

    [Fact]
    public void A_planted_licence_that_changed_is_found() =>
        Notice.Problems([new ShippedPackage("npgsql", "Proprietary", "npgsql | Proprietary")]).Should().ContainSingle().Which.Should().Contain("NOTICE says PostgreSQL");

    [Theory]
    [InlineData("NetVips.Native.linux-x64")]
    [InlineData("NetVips.Native.linux-arm64")]
    public void Every_library_inside_libvips_is_named_with_its_licence(string package)
    {
        string version = Shipped.Single(one => one.Name == package).Row is { } ? VersionOf(package) : "";
        string folder = ShippedPackage.FolderOf(package, version);
        Dictionary<string, string> told = TheirRow().Matches(File.ReadAllText(Path.Combine(folder, "THIRD-PARTY-NOTICES.md")))
            .Where(match => match.Groups["name"].Value is not "Library").ToDictionary(match => match.Groups["name"].Value, match => match.Groups["licence"].Value);

        told.Should().HaveCountGreaterThan(20);
        Notice.Natives.Keys.Should().BeEquivalentTo(told.Keys);
        told.Where(pair => pair.Value.StartsWith("LGPL", StringComparison.Ordinal)).Should().OnlyContain(pair => Notice.Natives[pair.Key] == "LGPL-3.0-or-later");
        told.Where(pair => pair.Value == "MIT License").Should().OnlyContain(pair => Notice.Natives[pair.Key].StartsWith("MIT", StringComparison.Ordinal));
        told.Where(pair => pair.Value.StartsWith("BSD 2", StringComparison.Ordinal)).Should().OnlyContain(pair => Notice.Natives[pair.Key] == "BSD-2-Clause");
        told["cairo"].Should().Be("Mozilla Public License 1.1");
        using JsonDocument versions = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "versions.json")));
        // libnsgif is part of libvips' own source.
        versions.RootElement.EnumerateObject().Should().HaveCount(told.Count - 1);
    }

    private static string VersionOf(string package) =>
        ShippedPackage.PackagesOf(File.ReadAllText(Testing.Repository.File("src", "Web", "packages.lock.json"))).First(one => one.Name == package).Version;

    [GeneratedRegex(@"^\| (?<name>[A-Za-z0-9-]*[A-Za-z0-9]) +\| (?<licence>.+?) +\|$", RegexOptions.Multiline)]
    private static partial Regex TheirRow();
}
