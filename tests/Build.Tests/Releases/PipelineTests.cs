using System.Text.RegularExpressions;
using ImageBackend.Testing;
using YamlDotNet.RepresentationModel;

namespace ImageBackend.Build.Tests.Releases;

/// <summary>What CIs run is in scripts, so that it works the same by hand.</summary>
public sealed partial class PipelineTests
{
    private static readonly string[] OtherCommands = ["make test", "sudo build/install-test-tools", "git fetch --tags"];

    [Theory]
    [InlineData("Jenkinsfile")]
    [InlineData(".github/workflows/build.yml")]
    public void A_pipeline_calls_nothing_but_scripts(string file)
    {
        string[] commands = CommandsOf(File.ReadAllText(Repository.File(file)));

        commands.Should().Contain("make test").And.Contain(command => command.StartsWith("build/release/publish", StringComparison.Ordinal))
            .And.Contain(command => command.StartsWith("build/release/nightly", StringComparison.Ordinal));
        commands.Where(command => !IsScript(command)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("      - run: docker push images")]
    [InlineData("                sh 'docker push images'")]
    [InlineData("      - run: build/release/no-such-script")]
    [InlineData("      - run: |")]
    public void A_planted_command_is_found(string line) => CommandsOf(line).Should().ContainSingle().Which.Should().Match(command => !IsScript(command));

    [Fact]
    public async Task Each_option_of_a_pipeline_is_understood()
    {
        using GitRepository repository = await GitRepository.CreateAsync();
        using FakeDocker docker = new(repository.Variables);
        repository.Variables["IMAGE"] = "registry.example.org/images";
        foreach (string command in new[] { "Jenkinsfile", ".github/workflows/build.yml" }.SelectMany(file => CommandsOf(File.ReadAllText(Repository.File(file))))
            .Where(command => command.StartsWith("build/release/publish", StringComparison.Ordinal)).Distinct())
        {
            string[] words = command.Split(' ');

            Ended ended = await repository.RunAsync(Path.GetFileName(words[0]), [.. words[1..], "--dry-run"]);

            ended.Code.Should().Be(0, ended.Errors);
            ended.Output.Should().Contain("linux/arm64").And.Contain("sbom");
        }
    }

    [Fact]
    public void The_workflow_builds_with_every_version_known()
    {
        YamlStream workflow = new();
        workflow.Load(new StringReader(File.ReadAllText(Repository.File(".github", "workflows", "build.yml"))));
        YamlMappingNode jobs = (YamlMappingNode)workflow.Documents[0].RootNode["jobs"];

        foreach (string job in new[] { "publish", "nightly" })
        {
            ((YamlSequenceNode)jobs[job]["steps"]).Children.Should().ContainSingle(step => step.ToString().Contains("actions/checkout"))
                .Which["with"]["fetch-depth"].ToString().Should().Be("0");
        }
    }

    private static string[] CommandsOf(string pipeline) => [.. CommandLine().Matches(pipeline).Select(match => match.Groups["command"].Value)];

    private static bool IsScript(string command) =>
        OtherCommands.Contains(command) || (command.StartsWith("build/release/", StringComparison.Ordinal) && File.Exists(Repository.File(command.Split(' ')[0])));

    [GeneratedRegex(@"^ +(?:- )?(?:run: |sh ['""]*)(?<command>[^'""\n]+)", RegexOptions.Multiline)]
    private static partial Regex CommandLine();
}
