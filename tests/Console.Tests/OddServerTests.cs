using ImageBackend.Testing;

namespace ImageBackend.Cli.Tests;

/// <summary>The program `images` on unusual servers: the real one, behind a proxy that lacks or requires something.</summary>
[Collection(S3Collection.Name)]
public sealed class OddServerTests(S3Server server) : IAsyncLifetime
{
    private static readonly string[] Expired = ["1475660224_1.jpg", "1475660224_1BI.jpg", "1475660224_1MI.jpg", "1475660224_2.png"];

    private S3Images _images = null!;

    public async Task InitializeAsync()
    {
        if (S3Server.WhySkipped is null)
        {
            _images = await S3Images.CreateAsync(server);
        }
    }

    public async Task DisposeAsync()
    {
        if (_images is not null)
        {
            await _images.DisposeAsync();
        }
    }

    [NeedsS3Theory]
    [InlineData(S3Oddity.WantsContentMd5, null)]
    [InlineData(S3Oddity.HasNoDeleteObjects, "the service has no DeleteObjects: objects are removed one by one")]
    public async Task Is_cleaned_verified_and_found_right(S3Oddity oddity, string? note)
    {
        _images.Proxy.Be(oddity);

        Ended init = await _images.RunAsync("storage init");
        Ended check = await _images.RunAsync("storage check");
        await ShouldCleanAndVerifyAsync();

        init.Code.Should().Be(0, init.Output + init.Errors);
        check.Code.Should().Be(0, check.Output + check.Errors);
        (check.Output + check.Errors).Should().Contain(note ?? "incoming, active: all can be removed");
    }

    [NeedsS3Theory]
    [InlineData(S3Oddity.ListsWithoutToken, "but not where")]
    [InlineData(S3Oddity.ListsInCircles, "the same keys are returned again")]
    public async Task That_lists_no_more_than_a_page_ends_each_batch_with_3_and_a_sentence(S3Oddity oddity, string words)
    {
        await _images.PutAllAsync(_images.Incoming, Expired, Pictures.Jpeg(30, 20));
        await _images.PutAllAsync(_images.Active, Expired, Pictures.Jpeg(30, 20));
        _images.Proxy.Age = TimeSpan.FromHours(3);
        foreach (string command in new[] { "clean --dry-run", "verify", "resize --plan", "storage check" })
        {
            _images.Proxy.Be(oddity); // a new circle each time

            Ended images = await _images.RunAsync(command);

            images.Code.Should().Be(3, "{0}: {1}{2}", command, images.Output, images.Errors);
            (images.Output + images.Errors).Should().Contain(words).And.NotContain("   at ");
        }
    }

    [NeedsS3Fact]
    public async Task Without_acls_is_told_with_the_setting_and_is_right_with_it()
    {
        _images.Proxy.Be(S3Oddity.HasNoAcls);

        Ended canned = await _images.RunAsync("storage check");
        _images.Variables["S3_ACL"] = "none";
        Ended init = await _images.RunAsync("storage init");
        Ended none = await _images.RunAsync("storage check");
        await ShouldCleanAndVerifyAsync();

        canned.Code.Should().Be(3);
        (canned.Output + canned.Errors).Should().Contain("the service or the bucket does not accept ACLs; set S3_ACL=none");
        init.Code.Should().Be(0, init.Output + init.Errors);
        none.Code.Should().Be(0, none.Output + none.Errors);
    }

    private async Task ShouldCleanAndVerifyAsync()
    {
        await _images.PutAllAsync(_images.Incoming, Expired, Pictures.Jpeg(30, 20));
        await _images.PutAsync(_images.Active, "1_1.jpg", Pictures.Jpeg(600, 400));
        _images.Proxy.Age = TimeSpan.FromHours(3);

        Ended clean = await _images.RunAsync("clean");
        Ended repair = await _images.RunAsync("verify --repair");
        Ended verify = await _images.RunAsync("verify");

        clean.Code.Should().Be(0, clean.Errors);
        (await _images.InAsync(_images.Incoming)).Should().BeEmpty();
        repair.Code.Should().Be(0, repair.Errors);
        verify.Code.Should().Be(0, verify.Errors);
        (await _images.InAsync(_images.Active)).Should().Equal("1_1.jpg", "1_1BI.jpg", "1_1MI.jpg", "1_1SI.jpg");
    }
}
