using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Build.Tests.Licences;

/// <summary>What `build/release/sbom` prints.</summary>
public sealed class SbomTests
{
    private const string Jq = "/usr/bin/jq";

    [NeedsToolFact(Jq)]
    public async Task Everything_in_the_image_is_listed_with_version_and_licence()
    {
        using JsonDocument sbom = await SbomAsync("--version", "1.2.3");
        Dictionary<string, JsonElement> components = sbom.RootElement.GetProperty("components").EnumerateArray().ToDictionary(one => one.GetProperty("purl").GetString()!);

        sbom.RootElement.GetProperty("bomFormat").GetString().Should().Be("CycloneDX");
        sbom.RootElement.GetProperty("metadata").GetProperty("component").GetProperty("version").GetString().Should().Be("1.2.3");
        foreach ((string name, string version) in LockedPackages().Where(package => Is(package.Name, "linux-x64")))
        {
            JsonElement package = components.Should().ContainKey($"pkg:nuget/{name}@{version}").WhoseValue;
            LicenceOf(package).Should().NotBeNullOrEmpty(name);
        }

        components.Keys.Should().NotContain(purl => purl.Contains("win-x64") || purl.Contains("linux-arm64") || purl.Contains("Analyzers"));
        foreach ((string name, string licence) in Notice.OfRepository().Natives)
        {
            KeyValuePair<string, JsonElement> library = components.Should().ContainSingle(one => one.Key == $"pkg:generic/{name}" || one.Key.StartsWith($"pkg:generic/{name}@", StringComparison.Ordinal)).Which;
            LicenceOf(library.Value).Should().Be(licence);
        }

        components.Keys.Should().Contain(["pkg:deb/ubuntu/fontconfig", "pkg:deb/ubuntu/fonts-dejavu-core"]);
        components.Keys.Should().ContainSingle(purl => purl.StartsWith("pkg:docker/dotnet/aspnet@10.0", StringComparison.Ordinal));
    }

    [NeedsToolFact(Jq)]
    public async Task Every_dependency_is_listed_and_libvips_depends_on_what_is_linked_into_it()
    {
        using JsonDocument sbom = await SbomAsync("--version", "1.2.3", "--runtime", "linux-arm64");
        JsonElement root = sbom.RootElement;
        string[] known = [.. root.GetProperty("components").EnumerateArray().Append(root.GetProperty("metadata").GetProperty("component")).Select(one => one.GetProperty("bom-ref").GetString()!)];
        Dictionary<string, string[]> dependencies = root.GetProperty("dependencies").EnumerateArray().ToDictionary(
            one => one.GetProperty("ref").GetString()!, one => one.TryGetProperty("dependsOn", out JsonElement list) ? list.EnumerateArray().Select(each => each.GetString()!).ToArray() : []);

        known.Should().OnlyHaveUniqueItems();
        dependencies.Keys.Should().BeEquivalentTo(known);
        dependencies.Values.SelectMany(list => list).Except(known).Should().BeEmpty();
        dependencies.Single(one => one.Key.StartsWith("pkg:nuget/NetVips.Native.linux-arm64@", StringComparison.Ordinal)).Value
            .Should().HaveCount(Notice.OfRepository().Natives.Count).And.Contain(one => one.StartsWith("pkg:generic/libvips@", StringComparison.Ordinal));
    }

    private static IEnumerable<(string Name, string Version)> LockedPackages()
    {
        string[] shipped = [.. ShippedPackage.OfPrograms().Select(package => package.Name)];
        return new[] { "Web", "Console" }.SelectMany(program => ShippedPackage.PackagesOf(File.ReadAllText(Repository.File("src", program, "packages.lock.json"))))
            .Where(package => shipped.Contains(package.Name)).Distinct();
    }

    private static bool Is(string package, string runtime) => !package.StartsWith("NetVips.Native.", StringComparison.Ordinal) || package.EndsWith(runtime, StringComparison.Ordinal);

    private static string? LicenceOf(JsonElement component)
    {
        JsonElement licence = component.GetProperty("licenses")[0];
        return licence.TryGetProperty("expression", out JsonElement expression) ? expression.GetString() : licence.GetProperty("license").GetProperty("id").GetString();
    }

    private static async Task<JsonDocument> SbomAsync(params string[] arguments)
    {
        Ended ended = await Script.ReleaseAsync("sbom", Repository.Root, new Dictionary<string, string>(), arguments);
        ended.Code.Should().Be(0, ended.Errors);
        return JsonDocument.Parse(ended.Output);
    }
}
