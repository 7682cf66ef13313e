using ImageBackend.Infrastructure.Postgres;
using Npgsql;

namespace ImageBackend.Infrastructure.Tests.Postgres;

public sealed class PostgresUrlTests
{
    [Fact]
    public void Takes_every_part()
    {
        NpgsqlConnectionStringBuilder parts = Parse("postgresql://me:secret@db.example.org:5433/c2corg?sslmode=verify-full&connect_timeout=7&application_name=images&sslrootcert=/ca.pem");

        parts.Host.Should().Be("db.example.org");
        parts.Port.Should().Be(5433);
        parts.Username.Should().Be("me");
        parts.Password.Should().Be("secret");
        parts.Database.Should().Be("c2corg");
        parts.SslMode.Should().Be(SslMode.VerifyFull);
        parts.Timeout.Should().Be(7);
        parts.ApplicationName.Should().Be("images");
        parts.RootCertificate.Should().Be("/ca.pem");
        parts.Options.Should().Be("-c default_transaction_read_only=on");
    }

    [Theory]
    [InlineData("postgres://me:secret@host/name")]
    [InlineData("postgresql+psycopg2://me:secret@host/name")]
    [InlineData("postgresql://host/name?user=me&password=secret")]
    [InlineData("postgresql:///name?host=host&user=me&password=secret&port=5432")]
    public void Takes_what_libpq_and_SQLAlchemy_take(string text)
    {
        NpgsqlConnectionStringBuilder parts = Parse(text);

        (parts.Host, parts.Port, parts.Username, parts.Password, parts.Database).Should().Be(("host", 5432, "me", "secret", "name"));
    }

    [Theory]
    [InlineData("p%40ss%2Fw%3Ard%3F%25", "p@ss/w:rd?%")]
    [InlineData("a+b%20c", "a+b c")]
    [InlineData("%C3%A9;Host=evil", "é;Host=evil")]
    [InlineData("with/slash?and:colon", "with/slash?and:colon")]
    public void Decodes_the_password(string written, string meant)
    {
        NpgsqlConnectionStringBuilder parts = Parse($"postgresql://me:{written}@host/name");

        (parts.Password, parts.Host).Should().Be((meant, "host"));
    }

    [Fact]
    public void Decodes_the_other_parts_too()
    {
        NpgsqlConnectionStringBuilder parts = Parse("postgresql://user%40realm@[::1]/my%20base?host=%2Fvar%2Frun%2Fpostgresql");

        (parts.Username, parts.Database, parts.Host).Should().Be(("user@realm", "my base", "/var/run/postgresql"));
    }

    [Fact]
    public void Does_not_look_for_Kerberos_which_containers_lack() =>
        Parse("postgresql://me:secret@host/name").GssEncryptionMode.Should().Be(GssEncryptionMode.Disable);

    [Theory]
    [InlineData("mysql://me:hunter2@host/name", "is not the address of a PostgreSQL database")]
    [InlineData("hunter2", "is not the address of a PostgreSQL database")]
    [InlineData("postgresql://me:hun@ter2@host/name", "percent-encoded")]
    [InlineData("postgresql://me:hunter2@/name", "names no host")]
    [InlineData("postgresql://me:hunter2@host", "names no database")]
    [InlineData("postgresql://me:hunter2@host:port/name", "has a port that is not a number")]
    [InlineData("postgresql://me:hunter2@host:70000/name", "has a port that is not a number")]
    [InlineData("postgresql://me:hunter2@host/name?sslmode=yes", "not one of: disable, allow")]
    [InlineData("postgresql://me:hunter2@host/name?sslmode=3", "not one of: disable, allow")]
    [InlineData("postgresql://me:hunter2@host/name?connect_timeout=long", "connect_timeout")]
    [InlineData("postgresql://me:hunter2@host/name?ssl_mode=require", "a parameter 'ssl_mode' that is not known")]
    [InlineData("postgresql://me@host/name?HUNTER2hunter2", "a parameter that is not known")]
    public void Says_what_is_wrong_but_nothing_that_may_be_a_password(string text, string problem)
    {
        PostgresUrl.TryParse(text, out PostgresUrl? url, out string? said).Should().BeFalse();

        url.Should().BeNull();
        said.Should().Contain(problem).And.NotContainEquivalentOf("hunter2").And.NotContain("ter2");
    }

    [Fact]
    public void Shows_no_password()
    {
        PostgresUrl.TryParse("postgresql://me:hunter2@host/name", out PostgresUrl? url, out _).Should().BeTrue();

        url!.ToString().Should().Be("host:5432/name");
    }

    private static NpgsqlConnectionStringBuilder Parse(string text)
    {
        PostgresUrl.TryParse(text, out PostgresUrl? url, out string? problem).Should().BeTrue(problem);
        return new NpgsqlConnectionStringBuilder(url!.ToConnectionString(isReadOnly: true));
    }
}
