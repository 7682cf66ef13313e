using System.Globalization;
using ImageBackend.Cli;
using ImageBackend.Testing;
using k8s.Models;

namespace ImageBackend.Build.Tests.Kubernetes;

/// <summary>The real program understands what the manifests have it do, and can do it with what they give it.</summary>
public sealed class JobTests
{
    public static TheoryData<string, string> Jobs => new() { { "base", "images-clean" }, { "jobs/resize", "images-resize" }, { "jobs/migrate", "images-migrate" }, { "workers", "images-worker" } };

    [Theory]
    [MemberData(nameof(Jobs))]
    public void A_command_line_is_understood(string folder, string name)
    {
        V1Container main = Find(folder, name).Main;

        main.Command.Should().Equal("images");
        File.ReadAllText(Repository.File("Dockerfile")).Should().Contain(" /usr/local/bin/images");
        ImagesCommand.Create().Parse([.. main.Args]).Errors.Should().BeEmpty();
    }

    [Fact]
    public void A_planted_option_is_found() => ImagesCommand.Create().Parse(["clean", "--no-such-option"]).Errors.Should().NotBeEmpty();

    [Theory]
    [InlineData("jobs/resize", "images-resize")]
    [InlineData("jobs/migrate", "images-migrate")]
    public void An_indexed_job_has_as_many_parts_as_its_command_line_says(string folder, string name)
    {
        Workload workload = Find(folder, name);
        V1JobSpec job = workload.Job!;

        job.CompletionMode.Should().Be("Indexed");
        workload.Main.Args.SkipWhile(argument => argument != "--shards").Skip(1).First().Should().Be(job.Completions!.Value.ToString(CultureInfo.InvariantCulture));
        job.PodFailurePolicy.Rules.Where(rule => rule.OnExitCodes is not null).Should().OnlyContain(rule => rule.OnExitCodes.ContainerName == workload.Main.Name);
    }

    [Theory]
    [InlineData("base", "images-clean", "Images: 0")]
    [InlineData("jobs/resize", "images-resize", "Images: 0")]
    public async Task A_job_can_do_its_work_with_its_memory_and_cores(string folder, string name, string expected)
    {
        using TestFolder site = new();
        Ended ended = await RunAsync(Find(folder, name), site);

        ended.Code.Should().Be(0, ended.Errors);
        ended.Output.Should().Contain(expected);
    }

    [Fact]
    public async Task A_migration_only_lacks_the_old_site()
    {
        using TestFolder site = new();
        Ended ended = await RunAsync(Find("jobs/migrate", "images-migrate"), site);

        ended.Code.Should().Be(2);
        ended.Errors.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal)).Should().OnlyContain(line => line.StartsWith("  V5_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Buckets_lack_nothing_but_their_keys()
    {
        using TestFolder site = new();
        Dictionary<string, string> variables = new(Manifests.OfFolder("base").The<V1ConfigMap>().Data) { ["TEMP_FOLDER"] = site.CreateFolder("temp").FullName };

        Ended ended = await ImagesProgram.RunAsync(variables, "clean", "--dry-run");

        ended.Code.Should().Be(2);
        ended.Errors.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal)).Select(line => line.Trim().Split(':')[0])
            .Should().BeEquivalentTo("STORE_ACCESS_KEY_ID", "STORE_SECRET_KEY");
    }

    private static Workload Find(string folder, string name) => Manifests.OfFolder(folder).Workloads.Single(workload => workload.Name == name);

    private static Task<Ended> RunAsync(Workload workload, TestFolder site)
    {
        // What the program finds out inside of a container with these limits.
        IDictionary<string, ResourceQuantity> limits = workload.Main.Resources.Limits;
        Dictionary<string, string> variables = new()
        {
            ["INCOMING_FOLDER"] = site.CreateFolder("incoming").FullName,
            ["ACTIVE_FOLDER"] = site.CreateFolder("active").FullName,
            ["TEMP_FOLDER"] = site.CreateFolder("temp").FullName,
            ["MEMORY_BUDGET_MB"] = ((int)(limits["memory"].ToDecimal() * 0.8m / 1_000_000)).ToString(CultureInfo.InvariantCulture),
            ["DECODE_WORKERS"] = ((int)limits["cpu"].ToDecimal()).ToString(CultureInfo.InvariantCulture),
            ["JOB_COMPLETION_INDEX"] = ((workload.Job!.Completions ?? 1) - 1).ToString(CultureInfo.InvariantCulture),
        };
        return ImagesProgram.RunAsync(variables, [.. workload.Main.Args]);
    }
}
