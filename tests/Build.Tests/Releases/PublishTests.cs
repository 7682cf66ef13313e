namespace ImageBackend.Build.Tests.Releases;

/// <summary>What `build/release/publish` and `build/release/nightly` have an engine do, without an engine.</summary>
public sealed class PublishTests : IAsyncLifetime, IDisposable
{
    private const string Image = "registry.example.org/images";

    private GitRepository _repository = null!;
    private FakeDocker _docker = null!;

    public async Task InitializeAsync()
    {
        _repository = await GitRepository.CreateAsync();
        _docker = new FakeDocker(_repository.Variables);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _repository.Dispose();
        _docker.Dispose();
    }

    [Fact]
    public async Task A_release_is_built_once_and_pushed_under_each_tag_the_exact_one_first()
    {
        await _repository.ReleaseAsync("v1.2.3");
        string revision = await _repository.GitAsync("rev-parse", "HEAD");

        await SucceedAsync("--tag", "v1.2.3");

        _docker.Calls[0].Should().StartWith("build ").And.EndWith(" .")
            .And.Contain($"--build-arg REVISION={revision} --build-arg VERSION=1.2.3 ")
            .And.Contain($"--tag={Image}:1.2.3 --tag={Image}:1.2 --tag={Image}:1 ");
        _docker.Calls[1].Should().StartWith("run ").And.EndWith($" --entrypoint images {Image}:1.2.3 --version");
        _docker.Calls[2..].Should().Equal($"push {Image}:1.2.3", $"push {Image}:1.2", $"push {Image}:1");
    }

    [Fact]
    public async Task Each_argument_of_the_build_is_one_of_the_programs_and_of_the_labels()
    {
        await _repository.GitAsync("remote", "add", "origin", "https://git.example.org/a/images");
        await _repository.ReleaseAsync("v1.2.3");
        await SucceedAsync("--tag", "v1.2.3");
        string[] stages = File.ReadAllText(Testing.Repository.File("Dockerfile")).Split("\nFROM ");

        foreach (string name in new[] { "VERSION", "REVISION", "SOURCE" })
        {
            _docker.Calls[0].Should().Contain($" --build-arg {name}=");
            stages[^1].Should().Contain($"\nARG {name}\n").And.Contain($"org.opencontainers.image.{name.ToLowerInvariant()}=\"${name}\"");
        }

        stages[0].Should().Contain("\nARG VERSION\n").And.Contain("\nARG REVISION\n").And.Contain("-p:Version=\"$VERSION\"").And.Contain("-p:SourceRevisionId=\"$REVISION\"");
    }

    [Fact]
    public async Task Without_a_release_no_version_is_given_and_the_default_branch_is_latest()
    {
        await SucceedAsync();

        _docker.Calls[0].Should().NotContain("VERSION=");
        _docker.Pushed.Should().Equal($"{Image}:latest");
    }

    [Theory]
    [InlineData("--branch develop")]
    [InlineData("--branch feature/a")]
    [InlineData("--tag something")]
    public async Task What_is_not_released_is_not_even_built(string what)
    {
        await SucceedAsync(what.Split(' '));

        _docker.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task A_pull_request_is_not_even_built()
    {
        _repository.Variables["GITHUB_REF"] = "refs/pull/7/merge";

        await SucceedAsync();

        _docker.Calls.Should().BeEmpty();
    }

    [Theory]
    [InlineData("build ")]
    [InlineData("run ")]
    public async Task What_does_not_build_or_start_is_not_pushed(string fails)
    {
        _repository.Variables["DOCKER_FAILS"] = fails;

        (await PublishAsync()).Code.Should().NotBe(0);

        _docker.Pushed.Should().BeEmpty();
    }

    [Theory]
    [InlineData("0.1.0")]
    [InlineData("1.2.3")]
    [InlineData("1.2.30+{0}")]
    [InlineData("1.2.3+{0}x")]
    public async Task An_image_that_says_another_version_is_not_pushed(string says)
    {
        await _repository.ReleaseAsync("v1.2.3");
        string file = Path.Combine(_repository.Path, ".git", "says");
        await File.WriteAllTextAsync(file, says.Replace("{0}", await _repository.GitAsync("rev-parse", "HEAD"), StringComparison.Ordinal));
        _repository.Variables["DOCKER_SAYS"] = file;

        Ended ended = await PublishAsync("--tag", "v1.2.3");

        ended.Should().Match<Ended>(it => it.Code == 1 && it.Errors.Contains("nothing is pushed"));
        _docker.Pushed.Should().BeEmpty();
    }

    [Fact]
    public async Task A_tree_that_differs_from_its_commit_is_not_built()
    {
        await File.WriteAllTextAsync(Path.Combine(_repository.Path, "stray"), "");

        Ended ended = await PublishAsync();

        ended.Should().Match<Ended>(it => it.Code == 1 && it.Errors.Contains("git status"));
        _docker.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task A_dry_run_only_prints_and_shows_no_password()
    {
        _repository.Variables["REGISTRY_USER"] = "robot";
        _repository.Variables["REGISTRY_PASSWORD"] = "s3cret";

        Ended ended = await PublishAsync("--dry-run");

        ended.Code.Should().Be(0, ended.Errors);
        ended.Lines.Should().HaveCount(5).And.Contain($"'docker' 'push' '{Image}:latest'");
        ended.Output.Should().NotContain("s3cret");
        _docker.Calls.Should().BeEmpty();
    }

    [Theory]
    [InlineData(Image, " registry.example.org")]
    [InlineData("localhost:5000/images", " localhost:5000")]
    [InlineData("account/images", "")]
    public async Task A_password_goes_by_standard_input_to_the_registry_and_is_forgotten_after(string image, string registry)
    {
        _repository.Variables["REGISTRY_USER"] = "robot";
        _repository.Variables["REGISTRY_PASSWORD"] = "s3cret";

        Ended ended = await _repository.RunAsync("publish", "--image", image);

        ended.Code.Should().Be(0, ended.Errors);
        _docker.Calls[2].Should().Be($"login --username robot --password-stdin{registry} < s3cret");
        _docker.Calls[^1].TrimEnd().Should().Be($"logout{registry}");
    }

    [Fact]
    public async Task Several_platforms_are_built_and_pushed_by_buildx_after_this_machines_own_was_tried()
    {
        await _repository.ReleaseAsync("v1.2.3");

        await SucceedAsync("--tag", "v1.2.3", "--platforms", "linux/amd64,linux/arm64");

        _docker.Calls.Should().HaveCount(3);
        _docker.Calls[0].Should().StartWith("buildx build ").And.Contain($" --load --tag {Image}:1.2.3 .");
        _docker.Calls[1].Should().StartWith("run ");
        _docker.Calls[2].Should().StartWith("buildx build ").And.Contain($" --platform linux/amd64,linux/arm64 --push --tag={Image}:1.2.3 --tag={Image}:1.2 --tag={Image}:1 .");
    }

    [Theory]
    [InlineData("https://git.example.org/a/images.git", "https://git.example.org/a/images")]
    [InlineData("https://robot:s3cret@git.example.org/a/images", "https://git.example.org/a/images")]
    [InlineData("git@git.example.org:a/images.git", "https://git.example.org/a/images")]
    [InlineData("ssh://git@git.example.org:2222/a/images.git", "https://git.example.org/a/images")]
    [InlineData("/srv/images.git", null)]
    public async Task The_source_is_an_address_without_a_password(string origin, string? expected)
    {
        await _repository.GitAsync("remote", "add", "origin", origin);

        await SucceedAsync();

        _docker.Calls[0].Should().NotContain("s3cret");
        _docker.Calls[0].Split(' ').Where(word => word.StartsWith("SOURCE=", StringComparison.Ordinal)).Should().Equal(expected is null ? [] : ["SOURCE=" + expected]);
    }

    [Theory]
    [InlineData("Registry Of Mine")]
    [InlineData("images:1")]
    [InlineData("-images")]
    public async Task A_name_that_is_not_an_image_is_a_mistake(string image) => (await _repository.RunAsync("publish", "--image", image)).Code.Should().Be(2);

    [Fact]
    public async Task Every_night_each_release_branch_is_rebuilt_and_nothing_else()
    {
        using GitRepository origin = await OriginAsync("develop", "release_1", "release_2", "release_int", "release_x");
        using GitRepository clone = await origin.CloneAsync();

        Ended ended = await NightlyAsync(clone);

        ended.Code.Should().Be(0, ended.Errors);
        _docker.Pushed.Should().Equal($"{Image}:1", $"{Image}:2", $"{Image}:release_int");
        _docker.Calls.Where(call => call.StartsWith("build", StringComparison.Ordinal)).Should().AllSatisfy(call => call.Should().StartWith("build --pull --no-cache "));
        (await clone.GitAsync("worktree", "list")).Split('\n').Should().ContainSingle();
    }

    [Fact]
    public async Task A_night_builds_what_origin_has_now_although_a_CI_names_the_default_branch()
    {
        using GitRepository origin = await OriginAsync("release_1");
        using GitRepository clone = await origin.CloneAsync();
        await origin.GitAsync("checkout", "--quiet", "release_1");
        await origin.ReleaseAsync("v1.4.0");
        clone.Variables["GITHUB_REF"] = "refs/heads/main";

        Ended ended = await NightlyAsync(clone);

        ended.Code.Should().Be(0, ended.Errors);
        _docker.Calls[0].Should().Contain($"REVISION={await origin.GitAsync("rev-parse", "release_1")} ").And.Contain("VERSION=1.4.0 ");
        _docker.Pushed.Should().Equal($"{Image}:1");
    }

    [Fact]
    public async Task A_branch_that_fails_at_night_is_named_and_stops_no_other()
    {
        using GitRepository origin = await OriginAsync("release_1", "release_2");
        using GitRepository clone = await origin.CloneAsync();
        clone.Variables["DOCKER_FAILS"] = $"push {Image}:1";

        Ended ended = await NightlyAsync(clone);

        ended.Should().Match<Ended>(it => it.Code == 1 && it.Errors.Contains("FAILED: release_1\n"));
        _docker.Pushed.Should().Contain($"{Image}:2");
    }

    private static async Task<GitRepository> OriginAsync(params string[] branches)
    {
        GitRepository origin = await GitRepository.CreateAsync();
        foreach (string branch in branches)
        {
            await origin.GitAsync("branch", branch);
        }

        return origin;
    }

    private Task<Ended> NightlyAsync(GitRepository clone)
    {
        foreach (string name in new[] { "PATH", "DOCKER_CALLS" })
        {
            clone.Variables[name] = _repository.Variables[name];
        }

        return clone.RunAsync("nightly", "--image", Image);
    }

    private Task<Ended> PublishAsync(params string[] arguments) => _repository.RunAsync("publish", ["--image", Image, .. arguments]);

    private async Task SucceedAsync(params string[] arguments)
    {
        Ended ended = await PublishAsync(arguments);
        ended.Code.Should().Be(0, ended.Errors);
    }
}
