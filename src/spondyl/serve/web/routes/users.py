"""Users and the audit trail, for administrators; and one's own password."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, SecretStr
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from spondyl.serve.store.tables import Audit, Role, User
from spondyl.serve.web.auth import passwords, sessions
from spondyl.serve.web.auth.audit import audit
from spondyl.serve.web.auth.guards import Admin, SignedIn
from spondyl.serve.web.auth.names import NAME_PATTERN
from spondyl.serve.web.pages import cursor_from, cursor_of
from spondyl.serve.web.problems import Problem, not_found, problems
from spondyl.serve.web.room import DbSession, Room, TheRoom

router = APIRouter(tags=["users"])


class UserItem(BaseModel):
    """A user as administrators see him."""

    id: str
    name: str
    full_name: str
    role: Role
    active: bool
    has_password: bool
    oidc: bool
    created_at: datetime


class UserPage(BaseModel):
    """A page of users, by name."""

    items: list[UserItem]
    next: str | None
    total: int


class NewUser(BaseModel):
    """A user to be."""

    name: str = Field(pattern=NAME_PATTERN)
    full_name: str = Field("", max_length=200)
    role: Role = Role.READER
    password: SecretStr | None = Field(None, description="none: signs in by OIDC alone")


class UserChange(BaseModel):
    """What changes; what is left out stays."""

    full_name: str | None = Field(None, max_length=200)
    role: Role | None = None
    active: bool | None = None
    password: SecretStr | None = None


class PasswordChange(BaseModel):
    """One's own password."""

    old: SecretStr
    new: SecretStr


class AuditItem(BaseModel):
    """A line of the trail."""

    id: int
    at: datetime
    user: str | None = Field(description="name; null: the program itself, or nobody known")
    action: str
    object: str
    detail: dict[str, Any]


class AuditPage(BaseModel):
    """A page of the trail, newest first."""

    items: list[AuditItem]
    next: str | None
    total: int


Limit = Annotated[int, Query(ge=1, le=500)]
Cursor = Annotated[str | None, Query(max_length=400)]


@router.get("/users", response_model=UserPage, responses=problems(400, 401, 403, 422))
def list_users(
    _admin: Admin, session: DbSession, cursor: Cursor = None, limit: Limit = 100
) -> object:
    """List all users by name."""
    wanted = select(User).order_by(User.name).limit(limit + 1)
    if cursor is not None:
        (name,) = cursor_from(cursor, str)
        wanted = wanted.where(User.name > name)
    rows = list(session.scalars(wanted))
    more = len(rows) > limit
    return UserPage(
        items=[user_item(row) for row in rows[:limit]],
        next=cursor_of(rows[limit - 1].name) if more else None,
        total=session.scalar(select(func.count()).select_from(User)) or 0,
    )


@router.post(
    "/users",
    response_model=UserItem,
    status_code=201,
    responses=problems(401, 403, 409, 413, 422),
)
def add_user(given: NewUser, admin: Admin, session: DbSession, room: TheRoom) -> object:
    """Add a user."""
    password = given.password.get_secret_value() if given.password else None
    password_hash = _new_hash(password, given.name, room) if password is not None else None
    user = User(
        name=given.name,
        full_name=_clean(given.full_name),
        role=given.role,
        password_hash=password_hash,
    )
    session.add(user)
    try:
        session.flush()
    except IntegrityError:
        raise Problem(409, f"There is a user {given.name} already.") from None
    audit(session, admin, "user.add", f"user:{user.id}", {"role": user.role.value})
    session.commit()
    return user_item(user)


@router.patch(
    "/users/{user_id}",
    response_model=UserItem,
    responses=problems(401, 403, 404, 409, 413, 422),
)
def change_user(
    user_id: str, given: UserChange, admin: Admin, session: DbSession, room: TheRoom
) -> object:
    """Change a user's role, name or password, or make him inactive; he is signed out then."""
    if "\0" in user_id:
        raise not_found("user")
    password = given.password.get_secret_value() if given.password else None
    password_hash = _new_hash(password, "", room) if password is not None else None
    user = session.get(User, user_id)
    if user is None:
        raise not_found("user")
    less = given.active is False or (given.role is not None and given.role != Role.ADMIN)
    if less and user.role == Role.ADMIN and user.active and _active_admins(session) == 1:
        raise Problem(409, "This is the last administrator; make another one first.")
    changed: dict[str, object] = {}
    if given.full_name is not None:
        user.full_name = _clean(given.full_name)
        changed["full_name"] = True
    if given.role is not None and given.role != user.role:
        changed["role"] = [user.role.value, given.role.value]
        user.role = given.role
    if given.active is not None and given.active != user.active:
        changed["active"] = given.active
        user.active = given.active
    if password_hash is not None:
        user.password_hash = password_hash
        changed["password"] = True
    if changed.keys() & {"role", "active", "password"}:
        sessions.end_all(session, user.id)
    audit(session, admin, "user.change", f"user:{user.id}", changed)
    session.commit()
    return user_item(user)


@router.put("/users/me/password", status_code=204, responses=problems(401, 403, 413, 422, 429))
def change_own_password(given: PasswordChange, user: SignedIn, room: TheRoom) -> None:
    """Change one's own password; all other sign-ins end, and this one, too."""
    if room.throttle.wait_s(user.name) > 0:
        raise Problem(429, "Too many wrong passwords; try again later.")
    if not passwords.matches(user.password_hash, given.old.get_secret_value()):
        room.throttle.failed(user.name)
        raise Problem(403, "The old password is wrong.")
    password_hash = _new_hash(given.new.get_secret_value(), user.name, room)
    with room.session(write=True) as session:
        session.get_one(User, user.id).password_hash = password_hash
        sessions.end_all(session, user.id)
        audit(session, user, "user.password", f"user:{user.id}")
        session.commit()


@router.get("/audit", response_model=AuditPage, responses=problems(400, 401, 403, 422))
def list_audit(
    _admin: Admin,
    session: DbSession,
    cursor: Cursor = None,
    limit: Limit = 100,
    action: Annotated[str | None, Query(max_length=60, pattern=r"^[a-z._-]+$")] = None,
) -> object:
    """List who did what, newest first."""
    wanted = select(Audit, User.name).outerjoin(User, User.id == Audit.user_id)
    counted = select(func.count()).select_from(Audit)
    if action:
        wanted, counted = (
            wanted.where(Audit.action == action),
            counted.where(Audit.action == action),
        )
    if cursor is not None:
        (last,) = cursor_from(cursor, int)
        # Ids are 32 bits in PostgreSQL: a made-up cursor must not become its error.
        wanted = wanted.where(Audit.id < min(max(last, 0), 2**31 - 1))
    rows = session.execute(wanted.order_by(Audit.id.desc()).limit(limit + 1)).all()
    items = [
        AuditItem(
            id=line.id,
            at=line.at,
            user=name,
            action=line.action,
            object=line.object,
            detail=line.detail,
        )
        for line, name in rows[:limit]
    ]
    return AuditPage(
        items=items,
        next=cursor_of(items[-1].id) if len(rows) > limit else None,
        total=session.scalar(counted) or 0,
    )


def user_item(user: User) -> UserItem:
    """A user for the list."""
    return UserItem(
        id=user.id,
        name=user.name,
        full_name=user.full_name,
        role=user.role,
        active=user.active,
        has_password=user.password_hash is not None,
        oidc=user.oidc_subject is not None,
        created_at=user.created_at,
    )


def _new_hash(password: str, name: str, room: Room) -> str:
    weak = passwords.weakness(password, name, room.settings.sessions.shortest_password)
    if weak:
        raise Problem(422, weak)
    return passwords.hashed(password)


def _active_admins(session: Session) -> int:
    wanted = select(func.count()).select_from(User)
    return session.scalar(wanted.where(User.role == Role.ADMIN, User.active.is_(True))) or 0


def _clean(text: str) -> str:
    """Without control characters, which PostgreSQL refuses in part and no list shows."""
    return "".join(each for each in text if each.isprintable()).strip()
