using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Postgres;
using ImageBackend.Infrastructure.V5;
using ImageBackend.Testing;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ImageBackend.Infrastructure.Tests.V5;

/// <summary>On a real PostgreSQL with the tables of V5, read by a user with no other rights than reading.</summary>
[Collection(nameof(PostgresServer))]
public sealed class V5ImagesTests(PostgresServer server)
{
    private const string Reader = "reader";
    private const string Password = "s3cret/of@reader";

    // Several versions of a document, two documents with one file, rows without a name, and rows that disagree about the drawing.
    private static readonly string Rows = string.Concat(
        V5Schema.Row("3.jpg"),
        V5Schema.Row("1.png"),
        V5Schema.Row("3.jpg"),
        V5Schema.Row(null),
        V5Schema.Row("2.png", hasSvg: null),
        V5Schema.Row("4.jpg", hasSvg: true),
        V5Schema.Row("1.png", hasSvg: true),
        V5Schema.Row(null, hasSvg: true),
        V5Schema.Row("3.jpg"),
        V5Schema.Row("5.gif", hasSvg: null),
        V5Schema.Row("4.jpg", hasSvg: null));

    [NeedsPostgresFact]
    public async Task Are_each_file_name_once_in_the_order_of_their_coming()
    {
        V5Images images = await CreateAsync(Rows);

        (await KeysAsync(images)).Should().Equal("3.jpg", "1.svg", "2.png", "4.svg", "5.gif");
    }

    [NeedsPostgresFact]
    public async Task Are_the_same_whatever_the_page()
    {
        PostgresUrl url = await UrlAsync(Rows);

        for (int rows = 1; rows <= 12; rows++)
        {
            (await KeysAsync(new V5Images(url, newestFirst: false, rows))).Should().Equal("3.jpg", "1.svg", "2.png", "4.svg", "5.gif");
            (await KeysAsync(new V5Images(url, newestFirst: true, rows))).Should().Equal("5.gif", "4.svg", "2.png", "1.svg", "3.jpg");
        }
    }

    [NeedsPostgresFact]
    public async Task Are_none_of_an_empty_table()
    {
        V5Images images = await CreateAsync("");

        (await KeysAsync(images)).Should().BeEmpty();
    }

    [NeedsPostgresFact]
    public async Task Are_found_by_their_key_and_by_the_name_in_the_database()
    {
        V5Images images = await CreateAsync(Rows);

        (await images.FindKeyAsync("3.jpg", default)).Should().Be("3.jpg");
        (await images.FindKeyAsync("1.svg", default)).Should().Be("1.svg");
        (await images.FindKeyAsync("1.png", default)).Should().Be("1.svg");
        (await images.FindKeyAsync("3.svg", default)).Should().BeNull("3.jpg is of no drawing");
        (await images.FindKeyAsync("9.jpg", default)).Should().BeNull();
        (await images.FindKeyAsync("'; DROP TABLE app_images_archives; --", default)).Should().BeNull();
    }

    [NeedsPostgresFact]
    public async Task Are_read_through_connections_that_can_not_write_even_as_the_owner()
    {
        PostgresUrl owner = Parse(await server.CreateDatabaseAsync(V5Schema.Tables + Rows));
        await using V5Context context = new(V5Context.OptionsFor(owner, tries: 1));

        Func<Task> insert = () => context.Database.ExecuteSqlRawAsync("DELETE FROM app_images_archives");
        Action save = () => context.SaveChanges();
        Func<Task> saveAsync = () => context.SaveChangesAsync();

        (await insert.Should().ThrowAsync<PostgresException>()).Which.SqlState.Should().Be(PostgresErrorCodes.ReadOnlySqlTransaction);
        save.Should().Throw<NotSupportedException>();
        await saveAsync.Should().ThrowAsync<NotSupportedException>();
        (await context.Archives.ToListAsync()).Should().HaveCount(11);
        context.ChangeTracker.Entries().Should().BeEmpty();
    }

    [NeedsPostgresFact]
    public async Task Are_read_on_when_the_server_was_restarted_meanwhile()
    {
        await using PostgresServer own = new(); // no other test may see it stop
        V5Images images = new(Parse(await own.CreateDatabaseAsync(V5Schema.Tables + Rows)), newestFirst: false, pageRows: 2);
        List<string> keys = [];

        await foreach (string key in images.ListKeysAsync(default))
        {
            if (keys.Count == 0)
            {
                await own.StopAsync();
                await own.StartAsync();
            }

            keys.Add(key);
        }

        keys.Should().Equal("3.jpg", "1.svg", "2.png", "4.svg", "5.gif");
    }

    [NeedsPostgresFact]
    public async Task End_with_a_plain_sentence_when_the_server_is_gone()
    {
        await using PostgresServer own = new(); // no other test may see it stop
        V5Images images = new(Parse(await own.CreateDatabaseAsync(V5Schema.Tables + Rows)), newestFirst: false, pageRows: 2, tries: 2);
        Func<Task> act = async () =>
        {
            await foreach (string _ in images.ListKeysAsync(default))
            {
                await own.StopAsync();
            }
        };

        (await act.Should().ThrowAsync<MigrationFaultException>()).Which.Message.Should().Contain("127.0.0.1").And.Contain("can't be reached: Connection refused");
    }

    [NeedsPostgresFact]
    public async Task Say_what_is_wrong_with_the_database_and_never_the_password()
    {
        string good = await server.CreateDatabaseAsync(V5Schema.Tables + V5Schema.Reader(Reader, Password), Reader, Password);
        string empty = await server.CreateDatabaseAsync("SELECT 1", Reader, Password);
        string forbidden = await server.CreateDatabaseAsync(V5Schema.Tables, Reader, Password);
        string other = await server.CreateDatabaseAsync("CREATE TABLE app_images_archives (id integer); GRANT SELECT ON app_images_archives TO " + Reader, Reader, Password);

        await RefusalOf(good.Replace("s3cret", "s3cred", StringComparison.Ordinal)).Should().BeAsync("*refuses the user or the password.");
        await RefusalOf(good.Replace("reader:", "nobody:", StringComparison.Ordinal)).Should().BeAsync("*refuses the user or the password.");
        await RefusalOf(good[..good.LastIndexOf('/')] + "/nowhere").Should().BeAsync("*nowhere does not exist on that server.");
        await RefusalOf(empty).Should().BeAsync("*has no table app_images_archives*");
        await RefusalOf(forbidden).Should().BeAsync("*gives its user no right to do this: permission denied for table app_images_archives.");
        await RefusalOf(other).Should().BeAsync("*does not have the columns of V5: column * does not exist.");
        await RefusalOf("postgresql://reader:s3cret@127.0.0.1:1/v5").Should().BeAsync("*127.0.0.1:1/v5 can't be reached: Connection refused.");
        await RefusalOf("postgresql://reader:s3cret@host.invalid/v5").Should().BeAsync("*host.invalid:5432/v5 can't be reached: *");
        await RefusalOf(good + "?sslmode=require").Should().BeAsync("*can't be used: SSL connection requested*");
    }

    private static Refusal RefusalOf(string address) => new(new V5Images(Parse(address), newestFirst: false));

    private static PostgresUrl Parse(string address)
    {
        PostgresUrl.TryParse(address, out PostgresUrl? url, out string? problem).Should().BeTrue(problem);
        return url!;
    }

    private async Task<PostgresUrl> UrlAsync(string rows) =>
        Parse(await server.CreateDatabaseAsync(V5Schema.Tables + V5Schema.Reader(Reader, Password) + rows, Reader, Password));

    private async Task<V5Images> CreateAsync(string rows) => new(await UrlAsync(rows), newestFirst: false);

    private static async Task<IReadOnlyList<string>> KeysAsync(V5Images images)
    {
        List<string> keys = [];
        await foreach (string key in images.ListKeysAsync(default))
        {
            keys.Add(key);
        }

        return keys;
    }

    private sealed class Refusal(V5Images images)
    {
        public Refusal Should() => this;

        public async Task BeAsync(string message)
        {
            Func<Task> act = () => KeysAsync(images);
            Exception fault = (await act.Should().ThrowAsync<MigrationFaultException>().WithMessage(message)).Which;
            fault.ToString().Should().NotContain("s3cret").And.NotContain("s3cred");
        }
    }
}

[CollectionDefinition(nameof(PostgresServer))]
public sealed class PostgresServerUsers : ICollectionFixture<PostgresServer>;
