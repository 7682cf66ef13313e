namespace ImageBackend.Build.Tests.Releases;

/// <summary>What `build/release/tags` prints for real repositories.</summary>
public sealed class ImageTagTests : IAsyncLifetime, IDisposable
{
    private GitRepository _repository = null!;

    public async Task InitializeAsync() => _repository = await GitRepository.CreateAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task A_release_gets_its_version_its_minor_and_its_major()
    {
        await _repository.ReleaseAsync("v1.2.3");

        (await TagsOfAsync("--tag", "v1.2.3")).Should().Equal("1", "1.2", "1.2.3");
    }

    [Theory]
    [InlineData("v1.1.8 v1.2.0", "v1.1.9", "1.1 1.1.9")]
    [InlineData("v1.2.0 v1.3.0", "v1.2.1", "1.2 1.2.1")]
    public async Task A_patch_of_an_older_minor_does_not_move_the_major_tag(string before, string tag, string expected) => await ExpectAsync(before, tag, expected);

    [Theory]
    [InlineData("v1.2.4", "v1.2.3", "1.2.3")]
    [InlineData("v1.2.10", "v1.2.9", "1.2.9")]
    public async Task A_patch_below_another_moves_nothing(string before, string tag, string expected) => await ExpectAsync(before, tag, expected);

    [Theory]
    [InlineData("v1.9.0", "v1.10.0", "1 1.10 1.10.0")]
    [InlineData("v1.10.0", "v1.9.1", "1.9 1.9.1")]
    [InlineData("v1.0.9 v1.0.10", "v1.0.11", "1 1.0 1.0.11")]
    public async Task Versions_are_compared_as_numbers(string before, string tag, string expected) => await ExpectAsync(before, tag, expected);

    [Theory]
    [InlineData("v10.0.0 v12.0.0", "v1.0.0", "1 1.0 1.0.0")]
    [InlineData("v1.20.0", "v1.2.0", "1.2 1.2.0")]
    public async Task A_number_that_only_begins_alike_is_another(string before, string tag, string expected) => await ExpectAsync(before, tag, expected);

    [Theory]
    [InlineData("v1.2.3-rc1")]
    [InlineData("v1.2.3-4")]
    [InlineData("v1.2.3-beta.2")]
    public async Task A_pre_release_gets_its_own_tag_only(string tag) => await ExpectAsync("v1.2.2", tag, tag[1..]);

    [Fact]
    public async Task A_pre_release_holds_nothing_back() => await ExpectAsync("v1.2.4-rc1 v1.3.0-rc1", "v1.2.3", "1 1.2 1.2.3");

    [Theory]
    [InlineData("nightly")]
    [InlineData("latest")]
    [InlineData("1")]
    [InlineData("version-1.2.3")]
    public async Task A_tag_that_is_not_a_version_gets_none(string tag) => await ExpectAsync("v1.0.0", tag, "");

    [Theory]
    [InlineData("v1.2")]
    [InlineData("v1.2.3.4")]
    [InlineData("v01.2.3")]
    [InlineData("v1.2.3+5")]
    [InlineData("v1.2.3-rc_1")]
    public async Task A_tag_that_is_almost_a_version_is_an_error(string tag)
    {
        await _repository.ReleaseAsync(tag);

        Ended ended = await _repository.RunAsync("tags", "--tag", tag);

        ended.Should().Match<Ended>(it => it.Code == 1 && it.Output == "" && it.Errors.Contains("is not one; call it v1.2.3"));
    }

    [Theory]
    [InlineData("main", "latest")]
    [InlineData("release_1", "1")]
    [InlineData("release_12", "12")]
    [InlineData("release_int", "release_int")]
    [InlineData("release_prod", "release_prod")]
    public async Task A_branch_that_is_released_has_one_tag(string branch, string expected)
    {
        await _repository.ReleaseAsync("v1.2.3", "v2.0.0");

        (await TagsOfAsync("--branch", branch)).Should().Equal(expected);
    }

    [Theory]
    [InlineData("develop")]
    [InlineData("master")]
    [InlineData("release_")]
    [InlineData("release_1.2")]
    [InlineData("release_01")]
    [InlineData("release_1/fix")]
    [InlineData("release_ä b")]
    [InlineData("v1.2.3")]
    public async Task Any_other_branch_gets_none(string branch) => (await TagsOfAsync("--branch", branch)).Should().BeEmpty();

    [Fact]
    public async Task A_release_branch_without_the_newest_release_is_an_error()
    {
        await _repository.GitAsync("branch", "release_1");
        await _repository.ReleaseAsync("v1.2.3");
        await _repository.GitAsync("checkout", "--quiet", "release_1");

        Ended ended = await _repository.RunAsync("tags");

        ended.Code.Should().Be(1);
        ended.Errors.Should().Contain("v1.2.3 is released, but not in the branch 'release_1'");
        ended.Output.Should().BeEmpty();
    }

    [Fact]
    public async Task The_default_branch_is_the_one_that_origin_names()
    {
        await _repository.GitAsync("branch", "--move", "trunk");
        using GitRepository clone = await _repository.CloneAsync();

        (await clone.RunAsync("tags")).Lines.Should().Equal("latest");
        (await clone.RunAsync("tags", "--branch", "main")).Lines.Should().BeEmpty();
    }

    [Theory]
    [InlineData("GITHUB_REF=refs/heads/release_1", "1")]
    [InlineData("GITHUB_REF=refs/tags/v1.2.3", "1 1.2 1.2.3")]
    [InlineData("GITHUB_REF=refs/pull/7/merge", "")]
    [InlineData("GITHUB_REF=refs/heads/main GITHUB_EVENT_NAME=pull_request_target", "")]
    [InlineData("GITHUB_REF=refs/heads/trunk DEFAULT_BRANCH=trunk", "latest")]
    [InlineData("BRANCH_NAME=release_int", "release_int")]
    [InlineData("BRANCH_NAME=v1.2.3 TAG_NAME=v1.2.3", "1 1.2 1.2.3")]
    [InlineData("BRANCH_NAME=PR-7 CHANGE_ID=7", "")]
    public async Task A_CI_says_what_is_built(string variables, string expected)
    {
        await _repository.ReleaseAsync("v1.2.3");
        await _repository.GitAsync("checkout", "--quiet", "--detach");
        foreach (string[] pair in variables.Split(' ').Select(text => text.Split('=')))
        {
            _repository.Variables[pair[0]] = pair[1];
        }

        string.Join(' ', await TagsOfAsync()).Should().Be(expected);
    }

    [Fact]
    public async Task A_detached_head_is_its_version_tag()
    {
        await _repository.ReleaseAsync("v1.2.3");
        await _repository.GitAsync("tag", "something");
        await _repository.GitAsync("checkout", "--quiet", "--detach");

        (await TagsOfAsync()).Should().Equal("1", "1.2", "1.2.3");
    }

    [Theory]
    [InlineData("", "no version tag points at this commit")]
    [InlineData("v1.2.3-rc1 v1.2.3", "several version tags (v1.2.3 v1.2.3-rc1)")]
    public async Task A_detached_head_without_one_version_tag_is_an_error(string tags, string error)
    {
        foreach (string tag in tags.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            await _repository.GitAsync("tag", tag);
        }

        await _repository.GitAsync("checkout", "--quiet", "--detach");

        Ended ended = await _repository.RunAsync("tags");

        ended.Should().Match<Ended>(it => it.Code == 1 && it.Output == "");
        ended.Errors.Should().Contain(error).And.Contain("--tag");
    }

    [Fact]
    public async Task A_shallow_clone_is_an_error_that_says_what_to_do()
    {
        await _repository.ReleaseAsync("v1.2.3");
        using GitRepository clone = await _repository.CloneAsync("--depth", "1", "--no-tags");

        foreach (string script in new[] { "tags", "version" })
        {
            Ended ended = await clone.RunAsync(script);

            ended.Should().Match<Ended>(it => it.Code == 1 && it.Output == "");
            ended.Errors.Should().Contain("git fetch --unshallow --tags");
        }
    }

    [Fact]
    public async Task A_shallow_clone_of_a_branch_that_is_not_released_is_fine()
    {
        await _repository.GitAsync("branch", "develop");
        using GitRepository clone = await _repository.CloneAsync("--depth", "1", "--branch", "develop");

        (await clone.RunAsync("tags")).Should().Match<Ended>(it => it.Code == 0 && it.Output == "");
    }

    [Theory]
    [InlineData("v1.2.4", "is not in this clone: git fetch --tags")]
    [InlineData("v1.2.3", "is not what is checked out")]
    public async Task A_tag_of_another_commit_is_an_error(string tag, string error)
    {
        await _repository.ReleaseAsync("v1.2.3");
        await _repository.CommitAsync();

        Ended ended = await _repository.RunAsync("tags", "--tag", tag);

        ended.Should().Match<Ended>(it => it.Code == 1 && it.Output == "");
        ended.Errors.Should().Contain(error);
    }

    [Fact]
    public async Task A_version_longer_than_a_tag_may_be_is_an_error()
    {
        string tag = "v1.2.3-" + new string('a', 123);
        await _repository.ReleaseAsync(tag);

        (await _repository.RunAsync("tags", "--tag", tag)).Should().Match<Ended>(it => it.Code == 1 && it.Errors.Contains("128 characters at most"));
    }

    [Fact]
    public async Task An_annotated_tag_is_its_commit()
    {
        await _repository.GitAsync("tag", "--annotate", "--message", "x", "v1.2.3");

        (await TagsOfAsync("--tag", "v1.2.3")).Should().Equal("1", "1.2", "1.2.3");
    }

    private async Task ExpectAsync(string before, string tag, string expected)
    {
        await _repository.ReleaseAsync(before.Split(' '));
        await _repository.ReleaseAsync(tag);

        string.Join(' ', await TagsOfAsync("--tag", tag)).Should().Be(expected);
    }

    private async Task<string[]> TagsOfAsync(params string[] arguments)
    {
        Ended ended = await _repository.RunAsync("tags", arguments);
        ended.Code.Should().Be(0, ended.Errors);
        return ended.Lines;
    }
}
