using System.Text.RegularExpressions;
using ImageBackend.Testing;
using YamlDotNet.Serialization;

namespace ImageBackend.Build.Tests.Compose;

public sealed partial class ComposeTests
{
    private static readonly string ComposePath = Repository.File("docker-compose.yml");

    private static readonly Dictionary<string, Service> Services =
        new DeserializerBuilder().IgnoreUnmatchedProperties().Build().Deserialize<ComposeFile>(File.ReadAllText(ComposePath)).Services;

    public static TheoryData<string> Profiles => [.. Services.Values.SelectMany(service => service.Profiles).Distinct()];

    [Fact]
    public void Without_a_profile_there_is_the_service_alone() =>
        Services.Where(service => service.Value.Profiles.Count == 0).Select(service => service.Key).Should().Equal("images");

    [Fact]
    public void Images_of_others_are_pinned()
    {
        string[] images = [.. Services.Values.Select(service => service.Image).OfType<string>()];

        images.Should().NotBeEmpty().And.OnlyContain(image => Version().IsMatch(image));
    }

    [Fact]
    public void Files_that_are_mounted_are_in_the_repository()
    {
        string[] mounted = [.. Services.Values.SelectMany(service => service.Volumes).Where(volume => volume.StartsWith("./build/")).Select(volume => volume.Split(':')[0])];

        mounted.Should().NotBeEmpty().And.OnlyContain(path => Path.Exists(Repository.File(path)));
    }

    [Fact]
    public void Ports_of_others_are_for_this_machine_alone() =>
        Services.Where(service => service.Key != "images").SelectMany(service => service.Value.Ports).Should().OnlyContain(port => port.StartsWith("127.0.0.1:"));

    [Theory]
    [MemberData(nameof(Profiles))]
    public void The_example_of_an_env_file_has_each_profile_with_settings_that_exist(string profile)
    {
        Dictionary<string, string> block = BlockOf(profile);

        block.Remove("COMPOSE_PROFILES").Should().BeTrue();
        block.Keys.Where(name => !Settings.Knows(name, block)).Should().BeEmpty();
    }

    [NeedsProgramTheory("docker-compose", "reads the file")]
    [MemberData(nameof(Profiles))]
    public async Task Compose_accepts_the_file_with_each_profile(string profile)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        try
        {
            File.Copy(ComposePath, Path.Combine(folder.FullName, "docker-compose.yml"));
            await File.WriteAllLinesAsync(Path.Combine(folder.FullName, ".env"), [.. BlockOf(profile).Select(line => $"{line.Key}={line.Value}"), "API_SECRET_KEY=x"]);

            Ended ended = await Script.RunAsync("docker-compose", folder.FullName, new Dictionary<string, string>(), "config", "--services");

            ended.Code.Should().Be(0, ended.Errors);
            // An older docker-compose lists those of other profiles too.
            ended.Lines.Should().Contain(Services.Where(service => service.Value.Profiles is [] || service.Value.Profiles.Contains(profile)).Select(service => service.Key));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [NeedsProgramTheory("promtool", "reads Prometheus' settings")]
    [InlineData("build/prometheus/prometheus.yml")]
    public async Task Prometheus_accepts_its_settings(string file)
    {
        Ended ended = await Script.RunAsync("promtool", Repository.Root, new Dictionary<string, string>(), "check", "config", file);

        ended.Code.Should().Be(0, ended.Errors);
        ended.Output.Should().Contain("1 rule files found");
    }

    // The paragraph of .env.example that begins with this profile, without the comment signs.
    private static Dictionary<string, string> BlockOf(string profile) => File.ReadAllText(Repository.File(".env.example")).Split("\n\n")
        .Single(paragraph => paragraph.Contains($"#COMPOSE_PROFILES={profile}\n", StringComparison.Ordinal))
        .Split('\n').Select(line => Setting().Match(line)).Where(match => match.Success)
        .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value);

    [GeneratedRegex("^[a-z0-9/-]+:[A-Za-z]*[.v]?[0-9]+[-.0-9A-Za-z]+$")]
    private static partial Regex Version();

    [GeneratedRegex("^#(?<name>[A-Z0-9_]+)=(?<value>.*)$")]
    private static partial Regex Setting();

    private sealed class ComposeFile
    {
        [YamlMember(Alias = "services")]
        public Dictionary<string, Service> Services { get; init; } = [];
    }

    private sealed class Service
    {
        [YamlMember(Alias = "image")]
        public string? Image { get; init; }

        [YamlMember(Alias = "profiles")]
        public List<string> Profiles { get; init; } = [];

        [YamlMember(Alias = "ports")]
        public List<string> Ports { get; init; } = [];

        [YamlMember(Alias = "volumes")]
        public List<string> Volumes { get; init; } = [];
    }
}
