using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Storage.FileSystem;
using ImageBackend.Infrastructure.Postgres;
using ImageBackend.Infrastructure.V5;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.V5;

[Collection(nameof(PostgresServer))]
public sealed class MigrationLedgerTests(PostgresServer server)
{
    private static readonly ImageKey[] Keys = [ImageKey.Parse("1475660224_1.jpg"), ImageKey.Parse("1475660224_1MI.jpg")];

    [NeedsPostgresFact]
    public async Task Makes_its_table_with_the_first_mark()
    {
        string address = await server.CreateDatabaseAsync("SELECT 1");
        await using MigrationLedger ledger = Open(address, "a-bucket.with \"odd\" name");

        (await ledger.HasAllAsync(Keys, default)).Should().BeFalse();
        await ledger.MarkAsync(Keys, default);
        await ledger.MarkAsync(Keys, default);

        (await ledger.HasAllAsync(Keys, default)).Should().BeTrue();
        (await ledger.HasAllAsync([.. Keys, ImageKey.Parse("1475660224_2.jpg")], default)).Should().BeFalse();
        (await server.AskAsync(NameOf(address), "SELECT key FROM \"a-bucket.with \"\"odd\"\" name\" ORDER BY key")).Should().Equal("1475660224_1.jpg", "1475660224_1MI.jpg");
    }

    [NeedsPostgresFact]
    public async Task Goes_on_in_the_table_that_the_predecessor_made()
    {
        string address = await server.CreateDatabaseAsync(
            "CREATE TABLE local_active_folder (key character varying(30) PRIMARY KEY); INSERT INTO local_active_folder VALUES ('1475660224_1.jpg'), ('1475660224_1MI.jpg')");
        await using MigrationLedger ledger = Open(address, new FolderSettings(new DirectoryInfo("incoming"), new DirectoryInfo("active")).LedgerTable);
        ImageKey tooLong = ImageKey.Parse("1475660224_1234567890123456789.jpg");

        (await ledger.HasAllAsync(Keys, default)).Should().BeTrue();
        await ledger.MarkAsync([tooLong], default);

        (await ledger.HasAllAsync([tooLong], default)).Should().BeFalse();
    }

    [NeedsPostgresFact]
    public async Task Is_marked_by_many_at_once_from_the_start()
    {
        await using MigrationLedger ledger = Open(await server.CreateDatabaseAsync("SELECT 1"), "bucket");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ledger.MarkAsync(Keys, default)));

        (await ledger.HasAllAsync(Keys, default)).Should().BeTrue();
    }

    [Fact]
    public async Task Says_that_it_is_gone_without_its_password()
    {
        await using MigrationLedger ledger = Open("postgresql://me:s3cret@127.0.0.1:1/ledger", "bucket");
        Func<Task> read = () => ledger.HasAllAsync(Keys, default);
        Func<Task> write = () => ledger.MarkAsync(Keys, default);

        foreach (Func<Task> act in new[] { read, write })
        {
            Exception fault = (await act.Should().ThrowAsync<MigrationFaultException>()).Which;
            fault.Message.Should().Be("The ledger 127.0.0.1:1/ledger (BUCKET_DATABASE_URL) can't be reached: Connection refused.");
            fault.ToString().Should().NotContain("s3cret");
        }
    }

    private static string NameOf(string address) => address[(address.LastIndexOf('/') + 1)..];

    private static MigrationLedger Open(string address, string table)
    {
        PostgresUrl.TryParse(address, out PostgresUrl? url, out _).Should().BeTrue();
        return new MigrationLedger(url!, table);
    }
}
