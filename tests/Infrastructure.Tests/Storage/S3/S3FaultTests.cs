using System.Net;
using System.Net.Sockets;
using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Storage.S3;
using ImageBackend.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ImageBackend.Infrastructure.Tests.Storage.S3;

/// <summary>Anything other than "not there" is a fault that says what is wrong, and reveals no key.</summary>
[Collection(S3Collection.Name)]
public sealed class S3FaultTests(S3Server server)
{
    private static readonly ImageKey Key = ImageKey.Parse("1475660224_0882910455.jpg");
    private static readonly CancellationToken None = CancellationToken.None;

    [NeedsS3Fact]
    [Trait("fault", "c2c-11")]
    public async Task A_missing_bucket_is_no_missing_object()
    {
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server);
        using S3Stores stores = buckets.With(settings => settings with { Incoming = settings.Incoming with { Bucket = "test-there-is-none" } });

        await EveryCallShouldFailAsync(stores.Stores.Incoming, buckets.Stores.Active, "the bucket is missing|it is not there");
        Func<Task> copy = () => stores.Stores.Active.CopyFromAsync(stores.Stores.Incoming, Key, ImageProperties.None, None);
        await copy.Should().ThrowAsync<StorageException>();
    }

    [NeedsS3Fact]
    public async Task A_bucket_that_vanishes_is_noticed_after_ten_seconds()
    {
        FakeTimeProvider time = new();
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server, time: time);
        (await buckets.Stores.Incoming.FindAsync(Key, None)).Should().BeNull();
        await server.DropBucketAsync(buckets.Incoming);

        time.Advance(TimeSpan.FromSeconds(11));
        Func<Task> act = () => buckets.Stores.Incoming.FindAsync(Key, None);

        await act.Should().ThrowAsync<StorageException>();
    }

    [NeedsS3Fact]
    public async Task A_bucket_that_vanishes_is_noticed_at_once_where_an_answer_names_it()
    {
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server);
        (await buckets.Stores.Incoming.FindAsync(Key, None)).Should().BeNull();
        (await buckets.Stores.Active.FindAsync(Key, None)).Should().BeNull();
        await server.DropBucketAsync(buckets.Incoming);

        foreach (Func<Task> act in new Func<Task>[]
        {
            () => buckets.Stores.Incoming.OpenReadAsync(Key, None),
            () => buckets.Stores.Incoming.DeleteAsync(Key, None),
            () => buckets.Stores.Active.CopyFromAsync(buckets.Stores.Incoming, Key, ImageProperties.None, None),
        })
        {
            await act.Should().ThrowAsync<StorageException>().WithMessage("*the bucket is missing*");
        }
    }

    [NeedsS3Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_wrong_secret_is_said_without_it(bool hasOldSignature)
    {
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server);
        using S3Stores stores = buckets.With(settings => settings with
        {
            HasOldSignature = hasOldSignature,
            Incoming = settings.Incoming with { Account = S3Buckets.AccountOf(server, server.AccessKey, "a-wrong-secret") },
        });

        await EveryCallShouldFailAsync(stores.Stores.Incoming, buckets.Stores.Active, "the secret key is wrong|this account may not do that", "a-wrong-secret", server.AccessKey);
    }

    [NeedsS3Fact]
    public async Task An_unknown_access_key_is_said_without_it()
    {
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server);
        using S3Stores stores = buckets.With(settings => settings with
        {
            Incoming = settings.Incoming with { Account = S3Buckets.AccountOf(server, "nobodysaccess") },
        });

        await EveryCallShouldFailAsync(stores.Stores.Incoming, buckets.Stores.Active, "the access key is not known there|this account may not do that", "nobodysaccess", server.SecretKey);
    }

    [NeedsS3Fact]
    public async Task A_bucket_of_somebody_else_is_a_fault()
    {
        await using S3Buckets buckets = await S3Buckets.CreateAsync(server, activeKey: server.IsOurs ? "otheraccess" : null);
        if (!server.IsOurs)
        {
            return;
        }

        using S3Stores stores = buckets.With(settings => settings with { Active = settings.Active with { Account = settings.Incoming.Account } });

        await EveryCallShouldFailAsync(stores.Stores.Active, buckets.Stores.Incoming, "this account may not do that");
    }

    [Fact]
    public async Task An_endpoint_that_is_down_is_a_fault()
    {
        using TcpListener closed = new(IPAddress.Loopback, 0);
        closed.Start();
        int port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        using S3Stores stores = StoresAt(port);

        await EveryCallShouldFailAsync(stores.Stores.Incoming, stores.Stores.Active, "nothing listens at the endpoint");
    }

    [Theory]
    [InlineData(200)]
    [InlineData(301)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(502)]
    public async Task An_endpoint_that_answers_a_web_page_is_a_fault(int status)
    {
        await using FakeServer page = await FakeServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/html";
            context.Response.Headers.ETag = "\"5e1f\"";
            context.Response.Headers.Location = "http://127.0.0.1:1/";
            return context.AnswerAsync("<html><body>It works!</body></html>");
        });
        using S3Stores stores = StoresAt(page.Port);

        await EveryCallShouldFailAsync(stores.Stores.Incoming, stores.Stores.Active, ".");
    }

    private static async Task EveryCallShouldFailAsync(IImageStorage storage, IImageStorage other, string words, params string[] secrets)
    {
        Dictionary<string, Func<Task>> calls = new()
        {
            ["find"] = () => storage.FindAsync(Key, None),
            ["open"] = () => storage.OpenReadAsync(Key, None),
            ["put"] = () => storage.PutAsync(Key, new MemoryStream(Encoding.ASCII.GetBytes("a photo")), ImageProperties.None, None),
            ["copy"] = () => other.CopyFromAsync(storage, Key, null, None),
            ["set"] = () => storage.SetPropertiesAsync(Key, ImageProperties.None, None),
            ["verify"] = () => other.VerifyCopyAsync(storage, Key, None),
            ["delete all"] = () => storage.DeleteAllAsync([Key], None),
            ["delete"] = () => storage.DeleteAsync(Key, None),
            ["list"] = async () => await storage.ListAsync(None).ToListAsync(),
        };
        foreach ((string name, Func<Task> call) in calls)
        {
            StorageException fault = (await call.Should().ThrowAsync<StorageException>(name)).Which;
            fault.Message.Should().MatchRegex(words, name);
            foreach (string secret in secrets)
            {
                fault.ToString().Should().NotContain(secret, name);
            }
        }
    }

    private static S3Stores StoresAt(int port)
    {
        S3Account account = new(new Uri($"http://127.0.0.1:{port}"), "us-east-1", new S3Keys("key", "secret"));
        S3Settings settings = new(new S3Place("incoming", account), new S3Place("active", account), true, false, TimeSpan.FromSeconds(5));
        return new S3Stores(settings, "no-cache", new DirectoryInfo(Path.GetTempPath()), TimeProvider.System);
    }
}
