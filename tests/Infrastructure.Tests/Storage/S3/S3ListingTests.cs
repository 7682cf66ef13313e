using System.Text.RegularExpressions;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Storage.S3;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Storage.S3;

/// <summary>Listings in pages of two keys that break off, on the real server.</summary>
[Collection(S3Collection.Name)]
public sealed class S3ListingTests(S3Server server) : IAsyncLifetime, IDisposable
{
    private static readonly string[] Keys = ["1_1.jpg", "2_2.jpg", "3_3.jpg", "4_4.jpg", "5_5.jpg"];

    private readonly LogLines _log = new();
    private FaultProxy _proxy = null!;
    private S3Buckets _buckets = null!;
    private S3Stores? _stores;

    public async Task InitializeAsync()
    {
        if (S3Server.WhySkipped is not null)
        {
            return;
        }

        _proxy = await FaultProxy.StartAsync(server.Endpoint);
        _buckets = await S3Buckets.CreateAsync(server);
        S3Account byProxy = S3Buckets.AccountOf(server, server.AccessKey) with { Endpoint = new Uri(_proxy.Endpoint) };
        _stores = new S3Stores(
            _buckets.Settings with { Active = _buckets.Settings.Active with { Account = byProxy } },
            "no-cache",
            new DirectoryInfo(_buckets.SpoolFolder),
            TimeProvider.System,
            new S3Listing(new LineLogger<S3Listing>(_log), TimeProvider.System, [TimeSpan.Zero, TimeSpan.Zero], keys: 2));
        foreach (string key in Keys)
        {
            await server.PutAsync(_buckets.Active, key, [1]);
        }
    }

    public async Task DisposeAsync()
    {
        if (_proxy is not null)
        {
            await _buckets.DisposeAsync();
            await _proxy.DisposeAsync();
        }
    }

    public void Dispose() => _stores?.Dispose();

    [NeedsS3Fact]
    public async Task One_that_breaks_off_goes_on_where_it_was()
    {
        int faults = 0;
        _proxy.Faults = call => IsLaterPage(call) && Interlocked.Increment(ref faults) <= 6 ? S3Fault.ResetBefore : null;

        List<ImageKey> listed = await ListAsync().ToListAsync();

        listed.Select(key => key.ToString()).Should().Equal(Keys);
        _proxy.TakeCalls().Count(call => call.Method == "GET" && !IsLaterPage(call.Target)).Should().Be(1, "the first page is not read again");
        _log.All.Should().Contain(line => line.Contains("The active storage: the connection broke off. The listing continues in 0 s."));
    }

    [NeedsS3Fact]
    public async Task One_that_does_not_come_back_is_given_up_after_the_last_try()
    {
        _proxy.Faults = call => IsLaterPage(call) ? S3Fault.InternalError : null;
        List<ImageKey> listed = [];
        Func<Task> act = async () =>
        {
            await foreach (ImageKey key in ListAsync())
            {
                listed.Add(key);
            }
        };

        (await act.Should().ThrowAsync<StorageException>()).Which.Message.Should().Contain("the service has a fault, or is overloaded");

        listed.Should().HaveCount(2);
        _log.All.Should().HaveCount(2);
    }

    [NeedsS3Fact]
    public async Task One_that_does_not_begin_fails_at_once()
    {
        _proxy.Faults = call => call.Contains("list-type") ? S3Fault.InternalError : null;

        Func<Task> act = async () => await ListAsync().ToListAsync();

        await act.Should().ThrowAsync<StorageException>();
        _log.All.Should().BeEmpty();
    }

    [NeedsS3Theory]
    [InlineData(S3Oddity.ListsWithoutToken, "but not where", 2, 1)]
    [InlineData(S3Oddity.ListsInCircles, "the same keys are returned again", 2, 2)]
    public async Task One_that_does_not_come_on_ends_with_a_fault_that_says_so(S3Oddity oddity, string words, int seen, int pages)
    {
        _proxy.Be(oddity);
        List<ImageKey> listed = [];
        Func<Task> act = async () =>
        {
            await foreach (ImageKey key in ListAsync().Take(1000)) // otherwise it would never end
            {
                listed.Add(key);
            }
        };

        (await act.Should().ThrowAsync<StorageException>()).Which.Message.Should().StartWith("The active storage: ").And.Contain(words);

        listed.Should().HaveCount(seen);
        _proxy.TakeCalls().Count(call => call.Method == "GET").Should().Be(pages);
    }

    [NeedsS3Fact]
    public async Task One_that_comes_back_to_a_page_after_several_ends_with_a_fault_that_says_so()
    {
        string? second = null;
        _proxy.Answers = (_, answer) =>
        {
            second ??= Regex.Match(answer, "<NextContinuationToken>.*</NextContinuationToken>").Value;
            return answer.Replace("<IsTruncated>false</IsTruncated>", $"<IsTruncated>true</IsTruncated>{second}", StringComparison.Ordinal);
        };
        List<ImageKey> listed = [];
        Func<Task> act = async () => listed.AddRange(await ListAsync().Take(1000).ToListAsync());

        await act.Should().ThrowAsync<StorageException>().WithMessage("*the same keys are returned again*");

        _proxy.TakeCalls().Count(call => call.Method == "GET").Should().BeLessThan(10);
    }

    [NeedsS3Fact]
    public async Task One_with_a_key_that_no_XML_can_have_goes_on()
    {
        const string Key = "2_3\u0008 strange.txt";
        await server.Client.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = _buckets.Active, Key = Key, ContentBody = "x", UseChunkEncoding = false });

        List<ImageKey> listed = await ListAsync().ToListAsync();

        await server.Client.DeleteObjectAsync(_buckets.Active, Key);
        listed.Select(key => key.ToString()).Should().Equal(Keys);
    }

    private static bool IsLaterPage(string call) => call.Contains("continuation-token");

    private IAsyncEnumerable<ImageKey> ListAsync() => _stores!.Stores.Active.ListAsync(CancellationToken.None).Select(image => image.Key);
}
